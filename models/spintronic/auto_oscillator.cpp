// SPDX-License-Identifier: Apache-2.0
// Closed forms of the nonlinear auto-oscillator.
#include "models/spintronic/auto_oscillator.hpp"

#include <cmath>
#include <limits>

namespace spikefab {

// p' = 2 G p [(drive - 1) - (Q + drive) p]: with a = 2 G (drive - 1) and b = 2 G (Q + drive), 1/p is linear,
// (1/p)' = b - a (1/p). `grown` is (1 - exp(-a t)) / a, which stays regular at threshold, where a = 0.

double AutoOscillator::steady_power(double drive) const {
    return drive > 1.0 ? (drive - 1.0) / (drive + nonlinear_damping) : 0.0;
}

double AutoOscillator::steady_frequency(double drive) const {
    return frequency + shift * steady_power(drive);
}

double AutoOscillator::nonlinearity(double drive) const {
    return shift / (damping * (drive + nonlinear_damping));
}

double AutoOscillator::power_after(double power, double drive, double seconds) const {
    if (power <= 0.0) return 0.0;
    const double a = 2.0 * restoration(drive);
    const double b = 2.0 * damping * (nonlinear_damping + drive);
    if (a < 0.0)  // written so that nothing grows
        return power * std::exp(a * seconds) / (1.0 + power * b * std::expm1(a * seconds) / a);
    const double grown = a == 0.0 ? seconds : -std::expm1(-a * seconds) / a;
    return power / (std::exp(-a * seconds) + power * b * grown);
}

double AutoOscillator::phase_after(double power, double drive, double seconds) const {
    // The integral of p is ln(1 + p b (exp(a t) - 1) / a) / b.
    const double a = 2.0 * restoration(drive);
    const double b = 2.0 * damping * (nonlinear_damping + drive);
    const double growth = a == 0.0 ? seconds : std::expm1(a * seconds) / a;
    if (b == 0.0) return frequency * seconds + shift * power * growth;
    double logarithm = std::log1p(power * b * growth);
    if (!std::isfinite(growth)) logarithm = a * seconds + std::log(power * b / a);  // far into steady oscillation
    return frequency * seconds + shift * logarithm / b;
}

double AutoOscillator::time_to_power(double power, double drive, double level) const {
    if (power >= level) return 0.0;
    const double a = 2.0 * restoration(drive);
    const double b = 2.0 * damping * (nonlinear_damping + drive);
    if (power <= 0.0 || a <= b * level) return std::numeric_limits<double>::infinity();
    return std::log((1.0 / power - b / a) / (1.0 / level - b / a)) / a;
}

}  // namespace spikefab
