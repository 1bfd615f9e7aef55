// SPDX-License-Identifier: Apache-2.0
// The voltage or current over time that drives a device: constant, sine or triangle.
#pragma once

#include "base/field.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace spikefab {

enum class WaveShape : std::uint8_t { constant, sine, triangle };
constexpr auto enum_names(WaveShape) {
    return std::array<std::string_view, 3>{"constant", "sine", "triangle"};
}

/// v(t) = offset + amplitude * shape(frequency * t), in V or A; SI units.
struct Waveform {
    WaveShape shape = WaveShape::constant;
    double amplitude = 1.0;
    double frequency = 0.0;  ///< Hz
    double offset = 0.0;

    [[nodiscard]] static Waveform constant(double value) { return {.shape = WaveShape::constant, .amplitude = value}; }

    [[nodiscard]] double value(double time) const;
    /// No value has a larger magnitude.
    [[nodiscard]] double largest() const { return std::abs(offset) + std::abs(amplitude); }
    /// Integral of v from `from` to `to`, V s or A s.
    [[nodiscard]] double flux(double from, double to) const;
    /// `from`, every time in between at which v crosses `level` or turns, and `to`; rising. Between two of them
    /// v - level keeps its sign and v is monotone.
    [[nodiscard]] std::vector<double> pieces(double from, double to, double level) const;
};

}  // namespace spikefab
