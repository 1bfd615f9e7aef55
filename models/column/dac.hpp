// SPDX-License-Identifier: Apache-2.0
// Row drivers: how a digital input becomes a voltage, and its split into slices for bit-serial reads.
//
// Levels are those of CrossSim's QuantizerDAC and SignMagnitudeDAC (3.2, simulator/circuits/dac/quantizer_dac.py):
// 2^bits levels over [0, 1], or 2^bits - 1 levels over [-1, 1], one for zero.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

/// The nearest level of an input in [0, 1], or [-1, 1] if signed; clipped there. `bits` = 0 passes everything.
[[nodiscard]] double dac_level(double input, std::uint32_t bits, bool with_sign);

/// One drive of a bit-serial read: a level per row in [-1, 1], and the factor its column values count with.
struct DriveSlice {
    std::vector<double> level;
    double factor = 1.0;
};

/// The inputs as slices of `bits_per_slice` bits, least significant first; the weighted sum of the slices is the
/// quantised input.
[[nodiscard]] std::vector<DriveSlice> slice_inputs(std::span<const double> inputs, std::uint32_t bits, bool with_sign,
                                                   std::uint32_t bits_per_slice);

}  // namespace spikefab
