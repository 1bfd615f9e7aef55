// SPDX-License-Identifier: Apache-2.0
// One magnetisation vector under the Landau-Lifshitz-Gilbert-Slonczewski equation, with and without heat.
//
//     m' = -g0 m x H + alpha m x m' + g0 aJ m x (p x m)          g0 = mu0 gamma, |m| = 1
// J. C. Slonczewski, J. Magn. Magn. Mater. 159, 1996, 10.1016/0304-8853(96)00062-5; thermal field of W. F. Brown,
// Phys. Rev. 130, 1963, 10.1103/PhysRev.130.1677. Positive aJ (A/m) pulls m towards p. SI units.
#pragma once

#include "models/numerics/physical_constants.hpp"

#include <array>
#include <cstdint>

namespace spikefab {

using Vector3 = std::array<double, 3>;

struct Macrospin {
    double damping = 0.01;
    Vector3 applied{};     ///< field, A/m
    Vector3 anisotropy{};  ///< H_i += anisotropy_i m_i, A/m; negative for demagnetisation
    Vector3 polariser{0.0, 0.0, 1.0};
    double torque = 0.0;       ///< aJ = hbar eta I / (2 e mu0 Ms V), A/m
    double moment = 1.0;       ///< Ms V, A m2; sets the thermal field
    double temperature = 0.0;  ///< K

    /// dm/dt under the deterministic field plus `noise`, 1/s.
    [[nodiscard]] Vector3 slope(const Vector3& m, const Vector3& noise = {}) const;
    /// Standard deviation of each component of the thermal field over steps of `dt`, A/m.
    [[nodiscard]] double thermal_field(double dt) const;
    /// Energy over kT, without applied torque.
    [[nodiscard]] double energy_over_kt(const Vector3& m) const;
};

/// m after `seconds` at zero temperature, to `tolerance` per step; |m| stays 1.
[[nodiscard]] Vector3 advance_macrospin(const Macrospin& spin, const Vector3& m, double seconds, double tolerance = 1e-14);

/// The stream of thermal kicks of one device: kick k is a function of (key, unit, k).
struct ThermalStream {
    std::uint64_t key = 0;
    std::uint32_t unit = 0;
    std::uint64_t step = 0;  ///< the next kick
};

/// Steps of dt g0 |H| <= 0.05 that `seconds` in a field take. InputError when they would take minutes.
[[nodiscard]] std::uint64_t heat_steps(double seconds, double field);

/// m after `steps` steps of `dt` by Heun's method (Stratonovich), renormalised. Steps of dt g0 |H| <= 0.05 keep
/// switching probabilities within 1 % (tests).
[[nodiscard]] Vector3 advance_macrospin_stochastic(const Macrospin& spin, Vector3 m, double dt, std::uint64_t steps,
                                                   ThermalStream& stream);

}  // namespace spikefab
