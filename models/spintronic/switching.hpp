// SPDX-License-Identifier: Apache-2.0
// How likely a perpendicular magnetic tunnel junction switches: the Fokker-Planck equation of its magnetisation.
//
// For x = m_z, i = I / Ic0 and tau = t alpha g0 Hk / (1 + alpha^2),
//     p_tau = -d/dx { (1 - x^2) [ (x + i) p - p_x / (2 Delta) ] }
// (W. F. Brown, Phys. Rev. 130, 1963, 10.1103/PhysRev.130.1677; with spin torque: W. H. Butler et al., IEEE Trans.
// Magn. 48(12), 2012, 10.1109/TMAG.2012.2209122). The start is thermal equilibrium in the well x < 0 at no current;
// switched means x > 0 at the end.
#pragma once

#include <cstddef>
#include <vector>

namespace spikefab {

/// Probability of having switched after a pulse; absolute error below 1e-6. InputError for a stability outside
/// [1, 200], a current outside [-4, 8] or a negative duration.
[[nodiscard]] double switching_probability(double stability, double relative_current, double tau);

/// Rate at which a metastable state decays long after the start, per unit of tau; relative error below 1e-4.
[[nodiscard]] double escape_rate(double stability, double relative_current);
/// Its high-barrier limit of Brown 1963, sqrt(Delta / pi) (1 - i^2)(1 - i) exp(-Delta (1 - i)^2), |i| < 1.
[[nodiscard]] double escape_rate_of_brown(double stability, double relative_current);

/// The probability over current and stability for one pulse length, interpolated (error below 1e-4): what a fast
/// neuron looks up.
class SwitchingTable final {
public:
    SwitchingTable(double tau, double lowest_stability, double highest_stability);
    [[nodiscard]] double probability(double stability, double relative_current) const;

private:
    [[nodiscard]] double along_current(std::size_t row, double relative_current) const;

    std::vector<double> stability_;
    std::vector<double> value_;  ///< rows of log(-log(1 - P)) over the currents
};

}  // namespace spikefab
