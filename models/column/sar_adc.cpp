// SPDX-License-Identifier: Apache-2.0
// The bit-by-bit search of a SAR converter and the ranges it may span.
#include "models/column/sar_adc.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab {

namespace {

/// Bits over those that time and energy are stated for; 1 where they hold as they are.
[[nodiscard]] double bits_ratio(const SarAdcParams& params) {
    if (params.bits == 0 || params.stated_bits == 0) return 1.0;
    return static_cast<double>(params.bits) / static_cast<double>(params.stated_bits);
}

}  // namespace

Time SarAdcParams::conversion_time() const {
    return time * bits_ratio(*this);
}

Energy SarAdcParams::conversion_energy() const {
    if (bits == 0 || stated_bits == 0) return energy;
    const double capacitors = std::ldexp(1.0, static_cast<int>(bits) - static_cast<int>(stated_bits));
    return energy * (capacitor_share * capacitors + (1.0 - capacitor_share) * bits_ratio(*this));
}

AdcLimits adc_limits(const SarAdcParams& params, const AdcColumns& columns) {
    const auto up_to = [&](double top) { return AdcLimits{columns.negative ? -top : 0.0, top}; };
    switch (params.range) {
        case AdcRange::calibrated:
            return {params.low, params.high};
        case AdcRange::granular:
            return up_to((std::exp2(columns.negative ? params.bits - 1 : params.bits) - 1.0) * columns.cell_step *
                         columns.input_step);
        case AdcRange::weights:
            return up_to(params.spread * columns.root_square);
        case AdcRange::full_scale:
            break;
    }
    return up_to(static_cast<double>(columns.rows));
}

SarAdc::SarAdc(const SarAdcParams& params, AdcLimits limits, Rng rng) : limits_{limits}, bits_{params.bits} {
    if (!(limits.high > limits.low))
        throw InputError{fmt::format("the ADC's range is {} to {}; expected low < high", limits.low, limits.high)};
    if (bits_ == 0) return;
    step_ = (limits.high - limits.low) / (std::exp2(bits_) - 1.0);
    offset_ = params.offset_sigma * rng.normal();
    gain_ = 1.0 + params.gain_sigma * rng.normal();
    for (std::uint32_t bit = bits_; bit-- > 0;) {
        // A bit's capacitor is 2^bit unit capacitors, whose errors add in quadrature.
        const double units = std::exp2(bit);
        weight_.push_back(units + params.capacitor_sigma * std::sqrt(units) * rng.normal());
    }
}

std::uint32_t SarAdc::code(double value) const {
    const double wanted = gain_ * (value - limits_.low) / step_ + offset_ + 0.5;
    double reached = 0.0;
    std::uint32_t code = 0;
    for (const double weight : weight_) {
        const bool keep = wanted >= reached + weight;
        code = (code << 1U) | (keep ? 1U : 0U);
        if (keep) reached += weight;
    }
    return code;
}

double SarAdc::convert(double value) const {
    return bits_ == 0 ? value : value_of(code(value));
}

}  // namespace spikefab
