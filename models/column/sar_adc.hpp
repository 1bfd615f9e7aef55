// SPDX-License-Identifier: Apache-2.0
// Successive-approximation converter at the foot of a column: levels, range, offset, mismatch, time and energy.
//
// Conversion: R. J. Baker, CMOS Circuit Design, Layout, and Simulation, 3rd ed., section 29.2.3; ideally it rounds
// to the nearest of 2^bits levels that span the range, both ends included. Each instance has its own offset, gain
// and capacitor weights, drawn once. A search takes one decision per bit. How energy grows with resolution follows A. Shafiee
// et al., ISCA 2016, 10.1109/ISCA.2016.12, section VI (quoted from memory): 18 % of an 8-bit converter's power is its
// capacitor array, which doubles with each bit, and the rest (clock, reference buffer, memory) grows in proportion.
#pragma once

#include "base/field.hpp"
#include "base/random.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace spikefab {

enum class AdcRange : std::uint8_t {
    full_scale,  ///< what all rows at full input and full weight give: never clips
    calibrated,  ///< `low` to `high`
    granular,    ///< one level per smallest product of a cell step and an input step
    weights,     ///< `spread` times the root of the largest column's summed squared weights
};
constexpr auto enum_names(AdcRange) {
    return std::array<std::string_view, 4>{"full_scale", "calibrated", "granular", "weights"};
}

struct SarAdcParams {
    std::uint32_t bits = 8;
    AdcRange range = AdcRange::full_scale;
    double low = -1.0;
    double high = 1.0;
    double spread = 1.5;
    double offset_sigma = 0.0;
    double gain_sigma = 0.0;
    double capacitor_sigma = 0.0;
    Time time{10.0};
    Energy energy{2.0};
    std::uint32_t stated_bits = 0;
    double capacitor_share = 0.18;
    std::uint32_t columns_per_adc = 8;
    static constexpr auto fields = std::tuple{
        field("bits", &SarAdcParams::bits, {0, 16}, "resolution; 0 = no quantisation"),
        field("range", &SarAdcParams::range, "what the codes span"),
        field("low", &SarAdcParams::low, "column value of the lowest code of a calibrated range"),
        field("high", &SarAdcParams::high, "column value of the highest code of a calibrated range"),
        field("spread", &SarAdcParams::spread, {1e-6, 1e6},
              "range weights: its half width over the root of a column's summed squares, the largest column's"),
        field("offset_sigma", &SarAdcParams::offset_sigma, {0.0, 1e3}, "standard deviation of the offset, in codes"),
        field("gain_sigma", &SarAdcParams::gain_sigma, {0.0, 0.5}, "relative standard deviation of the gain"),
        field("capacitor_sigma", &SarAdcParams::capacitor_sigma, {0.0, 0.5}, "relative mismatch of a unit capacitor"),
        field("t", &SarAdcParams::time, {0.0, 1e9}, "duration of one conversion"),
        field("e", &SarAdcParams::energy, {0.0, 1e9}, "energy of one conversion"),
        field("at_bits", &SarAdcParams::stated_bits, {0, 16},
              "resolution that t and e are stated for; at others t goes with the bits, and e too but for its capacitors; 0: t "
              "and e hold at any"),
        field("capacitor_share", &SarAdcParams::capacitor_share, {0.0, 1.0},
              "share of e in the capacitors, which double with each bit"),
        field("mux", &SarAdcParams::columns_per_adc, {1, 65536}, "columns that share one converter, one after the other")};

    /// Of one conversion at `bits`; as stated for 0 bits, which quantise nothing.
    [[nodiscard]] Time conversion_time() const;
    [[nodiscard]] Energy conversion_energy() const;
};

/// Column values between which the codes lie.
struct AdcLimits {
    double low = -1.0;
    double high = 1.0;
};

/// What ranges are worked out from. `negative` is false when neither inputs nor weights have a sign in the column.
struct AdcColumns {
    std::size_t rows = 1;
    bool negative = true;
    double cell_step = 1.0;    ///< granular: smallest nonzero level
    double input_step = 1.0;   ///< granular: smallest nonzero input
    double root_square = 1.0;  ///< weights: root of the summed squares of the largest column
};
[[nodiscard]] AdcLimits adc_limits(const SarAdcParams& params, const AdcColumns& columns);

class SarAdc final {
public:
    /// `rng` decides this instance's mismatch.
    SarAdc(const SarAdcParams& params, AdcLimits limits, Rng rng);

    [[nodiscard]] std::uint32_t code(double value) const;
    /// The column value that a code stands for.
    [[nodiscard]] double value_of(std::uint32_t code) const { return limits_.low + step_ * code; }
    /// value_of(code(value)), or `value` itself for 0 bits.
    [[nodiscard]] double convert(double value) const;

private:
    AdcLimits limits_;
    std::uint32_t bits_;
    double step_ = 0.0;
    double offset_ = 0.0;  ///< in codes
    double gain_ = 1.0;
    std::vector<double> weight_;  ///< of each bit in codes, most significant first
};

}  // namespace spikefab
