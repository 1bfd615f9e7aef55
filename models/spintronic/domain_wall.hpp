// SPDX-License-Identifier: Apache-2.0
// Domain wall in a magnetic wire: position and angle under spin-transfer torque, field, leak and neighbours.
//
//     phi' + alpha q'/D = g0 H + beta u/D         q'/D - alpha phi' = g0 (H_K / 2) sin 2 phi + u/D
// with u = muB P J / (e Ms): A. Thiaville et al., Europhys. Lett. 69(6), 2005, 10.1209/epl/i2004-10452-6. An anisotropy
// that rises along the wire, K = K0 + K1 q, pulls the wall back with H = -(d sigma/dq) / (2 mu0 Ms), sigma = 4 sqrt(A K):
// the leak of the neuron of N. Hassan et al., J. Appl. Phys. 124, 2018, 10.1063/1.5042452. SI units.
#pragma once

#include "models/device/waveform.hpp"

#include <span>
#include <vector>

namespace spikefab {

struct WallParams {
    double damping = 0.1;           ///< alpha
    double nonadiabaticity = 0.2;   ///< beta
    double width = 1.15e-8;         ///< D, m
    double transverse_field = 1e5;  ///< H_K, A/m
    double saturation = 8e5;        ///< Ms, A/m
    double polarisation = 0.7;      ///< P
    double exchange = 1.3e-11;      ///< A, J/m
    double anisotropy = 0.0;        ///< K0, J/m3
    double anisotropy_slope = 0.0;  ///< K1, J/m4; 0: no leak
    double length = 2.5e-7;         ///< of the graded wire, m

    /// u, m/s, for a current density in A/m2.
    [[nodiscard]] double torque_velocity(double current_density) const;
    /// The field of the anisotropy's slope at a position, A/m.
    [[nodiscard]] double leak_field(double position) const;
    /// u above which the wall precesses (Walker breakdown), without field.
    [[nodiscard]] double walker_velocity() const;
};

struct WallState {
    double position = 0.0;  ///< q, m
    double angle = 0.0;     ///< phi, rad
};

/// The wall after `seconds` at a constant current density and applied field.
[[nodiscard]] WallState advance_wall(const WallParams& params, WallState wall, double current_density, double applied_field,
                                     double seconds, double tolerance = 1e-11);
/// The wall at time `to` under a current density that varies, A/m2.
[[nodiscard]] WallState advance_wall(const WallParams& params, WallState wall, const Waveform& current_density,
                                     double applied_field, double from, double to, double tolerance = 1e-11);

/// Several walls, each inhibited by the field -strength * (position_j / length) of every wall j at a distance of up to
/// `range` places.
struct Inhibition {
    std::size_t range = 0;
    double strength = 0.0;  ///< A/m from a neighbour at the end of its wire
};
[[nodiscard]] std::vector<WallState> advance_walls(const WallParams& params, std::span<const WallState> walls,
                                                   std::span<const double> current_density, const Inhibition& inhibition,
                                                   double seconds, double tolerance = 1e-10);

}  // namespace spikefab
