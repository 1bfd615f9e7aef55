// SPDX-License-Identifier: Apache-2.0
// Spin-torque nano-oscillator as a nonlinear auto-oscillator, in closed form.
//
// c' = -i (w0 + N p) c - G (1 + Q p) c + zeta G (1 - p) c with p = |c|^2: A. Slavin, V. Tiberkevich, IEEE Trans.
// Magn. 45(4), 2009, 10.1109/TMAG.2008.2009935. The power obeys a logistic equation; the phase is its integral.
#pragma once

namespace spikefab {

struct AutoOscillator {
    double frequency = 6e9 * 6.283185307179586;   ///< w0, rad/s
    double shift = -1.5e9 * 6.283185307179586;    ///< N, rad/s per unit of power
    double damping = 0.12e9 * 6.283185307179586;  ///< G, 1/s
    double nonlinear_damping = 1.5;               ///< Q

    /// Power of steady oscillation at `drive` = I / I_threshold; 0 up to threshold.
    [[nodiscard]] double steady_power(double drive) const;
    /// Angular frequency of steady oscillation, rad/s.
    [[nodiscard]] double steady_frequency(double drive) const;
    /// Rate at which a power deviation decays, G (drive - 1), 1/s.
    [[nodiscard]] double restoration(double drive) const { return damping * (drive - 1.0); }
    /// nu = N p0 / restoration: how strongly power noise becomes phase noise.
    [[nodiscard]] double nonlinearity(double drive) const;

    /// Power and phase after `seconds` from `power` and phase 0.
    [[nodiscard]] double power_after(double power, double drive, double seconds) const;
    [[nodiscard]] double phase_after(double power, double drive, double seconds) const;
    /// Seconds until the power has risen to `level`; infinity if it does not.
    [[nodiscard]] double time_to_power(double power, double drive, double level) const;
};

}  // namespace spikefab
