// SPDX-License-Identifier: Apache-2.0
// Values, integrals and crossings of the drive waveforms.
#include "models/device/waveform.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

constexpr double turn = 2.0 * std::numbers::pi;

/// Triangle of period 1 and amplitude 1 that starts at 0, rising.
[[nodiscard]] double triangle(double cycles) {
    const double phase = cycles - std::floor(cycles);
    return phase < 0.25 ? 4.0 * phase : (phase < 0.75 ? 2.0 - 4.0 * phase : 4.0 * phase - 4.0);
}
/// Integral of `triangle` from 0; a whole period adds nothing.
[[nodiscard]] double triangle_integral(double cycles) {
    const double phase = cycles - std::floor(cycles);
    if (phase < 0.25) return 2.0 * phase * phase;
    if (phase < 0.75) return 2.0 * phase * (1.0 - phase) - 0.25;
    return 2.0 * (1.0 - phase) * (1.0 - phase);
}

/// Where in [0, 1) the shape has this value: its rising and its falling crossing.
[[nodiscard]] std::array<double, 2> phases_of(WaveShape shape, double value) {
    const double rising = shape == WaveShape::sine ? std::asin(value) / turn : value / 4.0;
    return {rising < 0.0 ? rising + 1.0 : rising, 0.5 - rising};
}

}  // namespace

double Waveform::value(double time) const {
    switch (shape) {
        case WaveShape::sine:
            return offset + amplitude * std::sin(turn * frequency * time);
        case WaveShape::triangle:
            return offset + amplitude * triangle(frequency * time);
        case WaveShape::constant:
            break;
    }
    return offset + amplitude;
}

double Waveform::flux(double from, double to) const {
    if (shape == WaveShape::constant || frequency == 0.0) return value(from) * (to - from);
    if (shape == WaveShape::triangle)
        return offset * (to - from) +
               amplitude / frequency * (triangle_integral(frequency * to) - triangle_integral(frequency * from));
    // cos a - cos b = 2 sin((a + b) / 2) sin((b - a) / 2) keeps the digits of short intervals.
    const double middle = 0.5 * turn * frequency * (from + to);
    const double half = 0.5 * turn * frequency * (to - from);
    return offset * (to - from) + amplitude * 2.0 * std::sin(middle) * std::sin(half) / (turn * frequency);
}

std::vector<double> Waveform::pieces(double from, double to, double level) const {
    std::vector<double> times{from, to};
    if (shape != WaveShape::constant && frequency > 0.0 && amplitude != 0.0) {
        std::vector<double> phases{0.25, 0.75};
        const double value = (level - offset) / amplitude;
        if (std::abs(value) < 1.0)
            for (const double phase : phases_of(shape, value)) phases.push_back(phase);
        for (double cycle = std::floor(frequency * from); cycle <= frequency * to; cycle += 1.0)
            for (const double phase : phases) {
                const double time = (cycle + phase) / frequency;
                if (time > from && time < to) times.push_back(time);
            }
    }
    std::ranges::sort(times);
    return times;
}

}  // namespace spikefab
