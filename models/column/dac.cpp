// SPDX-License-Identifier: Apache-2.0
// Quantised and bit-sliced row drive.
#include "models/column/dac.hpp"

#include "base/contract.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {

double dac_level(double input, std::uint32_t bits, bool with_sign) {
    if (bits == 0) return input;
    const double steps = std::exp2(with_sign ? bits - 1 : bits) - 1.0;  // between 0 and full scale
    return std::nearbyint(std::clamp(input, with_sign ? -1.0 : 0.0, 1.0) * steps) / steps;
}

std::vector<DriveSlice> slice_inputs(std::span<const double> inputs, std::uint32_t bits, bool with_sign,
                                     std::uint32_t bits_per_slice) {
    expects(bits > (with_sign ? 1U : 0U) && bits_per_slice > 0);
    const std::uint32_t magnitude_bits = with_sign ? bits - 1 : bits;
    const double full = std::exp2(magnitude_bits) - 1.0;
    const double base = std::exp2(bits_per_slice);
    std::vector<DriveSlice> slices((magnitude_bits + bits_per_slice - 1) / bits_per_slice);
    for (std::size_t k = 0; k < slices.size(); ++k) {
        slices[k].factor = std::pow(base, k) * (base - 1.0) / full;
        for (const double input : inputs) {
            const double whole = std::nearbyint(std::clamp(std::abs(input), 0.0, 1.0) * full);
            const double digit = std::fmod(std::floor(whole / std::pow(base, k)), base);
            slices[k].level.push_back(std::copysign(digit / (base - 1.0), with_sign ? input : 1.0));
        }
    }
    return slices;
}

}  // namespace spikefab
