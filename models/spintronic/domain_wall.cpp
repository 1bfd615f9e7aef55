// SPDX-License-Identifier: Apache-2.0
// Integration of the wall's two equations, alone and with neighbours.
#include "models/spintronic/domain_wall.hpp"

#include "models/numerics/dormand_prince.hpp"
#include "models/numerics/physical_constants.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spikefab {
namespace {

struct WallSlope {
    double position, angle;
};

/// q' and phi' from the two equations solved for them.
[[nodiscard]] WallSlope wall_slope(const WallParams& params, double angle, double torque, double field) {
    const double drive = precession_constant * field + params.nonadiabaticity * torque / params.width;
    const double turn = precession_constant * 0.5 * params.transverse_field * std::sin(2.0 * angle) + torque / params.width;
    const double share = 1.0 + params.damping * params.damping;
    return {params.width * (turn + params.damping * drive) / share, (drive - params.damping * turn) / share};
}

/// Errors are judged against a wall's width and a radian, not against values near zero.
[[nodiscard]] OdeTolerance scaled(double tolerance) {
    return {.relative = tolerance, .absolute = tolerance * 1e-3};
}

}  // namespace

double WallParams::torque_velocity(double current_density) const {
    return bohr_magneton * polarisation * current_density / (elementary_charge * saturation);
}

double WallParams::leak_field(double position) const {
    if (anisotropy_slope == 0.0) return 0.0;
    const double local = anisotropy + anisotropy_slope * std::clamp(position, 0.0, length);
    return -std::sqrt(exchange / local) * anisotropy_slope / (vacuum_permeability * saturation);
}

double WallParams::walker_velocity() const {
    return precession_constant * 0.5 * transverse_field * width * damping / std::abs(nonadiabaticity - damping);
}

WallState advance_wall(const WallParams& params, WallState wall, double current_density, double applied_field, double seconds,
                       double tolerance) {
    return advance_wall(params, wall, Waveform::constant(current_density), applied_field, 0.0, seconds, tolerance);
}

WallState advance_wall(const WallParams& params, WallState wall, const Waveform& current_density, double applied_field,
                       double from, double to, double tolerance) {
    using State = std::array<double, 2>;  // position in widths, angle
    const auto slope = [&](double time, const State& y) {
        const double torque = params.torque_velocity(current_density.value(time));
        const WallSlope speed = wall_slope(params, y[1], torque, applied_field + params.leak_field(y[0] * params.width));
        return State{speed.position / params.width, speed.angle};
    };
    const State end = integrate_ode(slope, State{wall.position / params.width, wall.angle}, from, to, scaled(tolerance));
    return {end[0] * params.width, end[1]};
}

std::vector<WallState> advance_walls(const WallParams& params, std::span<const WallState> walls,
                                     std::span<const double> current_density, const Inhibition& inhibition, double seconds,
                                     double tolerance) {
    const std::size_t count = walls.size();
    std::vector<double> start(2 * count);
    for (std::size_t k = 0; k < count; ++k) {
        start[2 * k] = walls[k].position / params.width;
        start[2 * k + 1] = walls[k].angle;
    }
    const auto inhibiting_field = [&](const std::vector<double>& y, std::size_t k) {
        double field = 0.0;
        const std::size_t first = k > inhibition.range ? k - inhibition.range : 0;
        for (std::size_t j = first; j < std::min(count, k + inhibition.range + 1); ++j)
            if (j != k) field -= inhibition.strength * std::clamp(y[2 * j] * params.width / params.length, 0.0, 1.0);
        return field;
    };
    const auto slope = [&](double, const std::vector<double>& y) {
        std::vector<double> speed(y.size());
        for (std::size_t k = 0; k < count; ++k) {
            const double field = params.leak_field(y[2 * k] * params.width) + inhibiting_field(y, k);
            const WallSlope wall = wall_slope(params, y[2 * k + 1], params.torque_velocity(current_density[k]), field);
            speed[2 * k] = wall.position / params.width;
            speed[2 * k + 1] = wall.angle;
        }
        return speed;
    };
    const std::vector<double> end = integrate_ode(slope, start, 0.0, seconds, scaled(tolerance));
    std::vector<WallState> result;
    for (std::size_t k = 0; k < count; ++k) result.push_back({end[2 * k] * params.width, end[2 * k + 1]});
    return result;
}

}  // namespace spikefab
