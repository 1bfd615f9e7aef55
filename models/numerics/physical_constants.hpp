// SPDX-License-Identifier: Apache-2.0
// Constants of nature, SI, from CODATA 2018 (Rev. Mod. Phys. 93, 2021, 10.1103/RevModPhys.93.025010).
#pragma once

#include <numbers>

namespace spikefab {

inline constexpr double elementary_charge = 1.602176634e-19;                             // C, exact
inline constexpr double boltzmann = 1.380649e-23;                                        // J/K, exact
inline constexpr double reduced_planck = 6.62607015e-34 / (2.0 * std::numbers::pi);      // J s, exact
inline constexpr double vacuum_permeability = 4e-7 * std::numbers::pi;                   // H/m; measured +5.5e-10
inline constexpr double gyromagnetic_ratio = 1.76085963023e11;                           // rad/(s T), free electron
inline constexpr double bohr_magneton = 9.2740100783e-24;                                // J/T
inline constexpr double precession_constant = vacuum_permeability * gyromagnetic_ratio;  // m/(A s)

}  // namespace spikefab
