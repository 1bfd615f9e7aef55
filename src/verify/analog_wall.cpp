// SPDX-License-Identifier: Apache-2.0
// Domain walls under current, pulses and leak; spin-torque oscillators.
//
// A wall's table under constant current has its density in its name, "..._J5e+11". Held to 1e-8 of the way and of a radian;
// oscillators to 1e-9.
#include "base/error.hpp"
#include "models/numerics/physical_constants.hpp"
#include "models/spintronic/auto_oscillator.hpp"
#include "models/spintronic/domain_wall.hpp"
#include "verify/kinds.hpp"
#include "verify/number_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> wall_columns{"t_s", "q_m", "phi_rad"};

/// A number that a file without a leak need not have.
[[nodiscard]] double number_or_zero(const Json& vector, const char* key) {
    return has_value(vector, key) ? vector.at(key).get<double>() : 0.0;
}

[[nodiscard]] WallParams wall_of(const Json& vector) {
    const Json& p = vector.at("params");
    return {.damping = p.at("alpha").get<double>(),
            .nonadiabaticity = p.at("beta").get<double>(),
            .width = p.at("Delta_w").get<double>(),
            .transverse_field = p.at("H_K").get<double>(),
            .saturation = p.at("Ms").get<double>(),
            .polarisation = vector.at("pol").get<double>(),
            .exchange = p.at("A").get<double>(),
            .anisotropy = number_or_zero(vector, "K0"),
            .anisotropy_slope = 0.0,
            .length = number_or_zero(vector, "L")};
}

[[nodiscard]] double density_in(const std::string& name) {
    const std::size_t at = name.rfind("_J");
    try {
        if (at != std::string::npos) return std::stod(name.substr(at + 2));
    } catch (const std::exception&) {  // said below
    }
    throw InputError{fmt::format("table {}: its name holds no current density; expected it to end like _J5e+11", name)};
}

void check_motion(Comparison& comparison, const WallParams& params, const NumberTable& table) {
    const double density = density_in(table.name);
    const double travelled = table.largest("q_m");
    const double turned = std::max(1.0, table.largest("phi_rad"));
    WallState wall;
    double time = 0.0;
    for (const auto& row : table.rows) {
        const double now = row[table.column("t_s")];
        wall = advance_wall(params, wall, density, 0.0, now - time);
        time = now;
        comparison.check_real(table.name + ": the position (m)", "at (s)", time, row[table.column("q_m")], wall.position,
                              1e-8 * travelled);
        comparison.check_real(table.name + ": the angle (rad)", "at (s)", time, row[table.column("phi_rad")], wall.angle,
                              1e-8 * turned);
    }
}

/// Moves a wall through a train of pulses, edge by edge.
[[nodiscard]] WallState advance_through(const WallParams& params, const Json& train, WallState wall, double from, double to) {
    constexpr double rounding = 1e-15;  // of times in a file
    std::vector<double> edges{to};
    for (const Json& pulse : train.at("pulses"))
        for (const Json& edge : pulse)
            if (edge.get<double>() > from + rounding && edge.get<double>() < to - rounding) edges.push_back(edge.get<double>());
    std::sort(edges.begin(), edges.end());
    for (const double edge : edges) {
        const double middle = 0.5 * (from + edge);
        const bool on = std::ranges::any_of(train.at("pulses"), [&](const Json& pulse) {
            return middle > pulse.at(0).get<double>() && middle < pulse.at(1).get<double>();
        });
        wall = advance_wall(params, wall, on ? train.at("J").get<double>() : 0.0, 0.0, edge - from);
        from = edge;
    }
    return wall;
}

void check_train(Comparison& comparison, WallParams params, const Json& vector, const NumberTable& table) {
    params.anisotropy_slope = vector.at("K1").get<double>();
    WallState wall;
    double time = 0.0;
    for (const auto& row : table.rows) {
        const double now = row[table.column("t_s")];
        if (now > time) wall = advance_through(params, vector.at("lif"), wall, time, now);
        time = now;
        comparison.check_real("the position (m)", "at (s)", time, row[table.column("q_m")], wall.position,
                              1e-8 * params.length);
        comparison.check_real("the angle (rad)", "at (s)", time, row[table.column("phi_rad")], wall.angle, 1e-8);
        const double leak = row[table.column("H_leak_A_per_m")];
        comparison.check_real("the leak's field (A/m)", "at (s)", time, leak, params.leak_field(wall.position),
                              1e-8 * std::abs(leak));
    }
}

/// Time constant with which the wall's angle settles below Walker's breakdown: the equations linearised at their fixed point.
[[nodiscard]] double settling_time(const WallParams& params, double torque) {
    const double sine = torque / params.walker_velocity();
    return (1.0 + params.damping * params.damping) /
           (params.damping * precession_constant * params.transverse_field * std::sqrt(1.0 - sine * sine));
}

/// Steady velocities: the closed form below Walker's breakdown, less above.
void check_velocities(Comparison& comparison, const WallParams& params, const Json& vector) {
    if (!has_value(vector, "cases")) return;
    for (const Json& entry : vector.at("cases")) {
        const auto density = entry.at("J").get<double>();
        const auto torque = entry.at("u").get<double>();
        const auto closed = entry.at("v_closed_below_walker").get<double>();
        comparison.check_real("u (m/s)", "at (A/m2)", density, torque, params.torque_velocity(density),
                              1e-12 * std::abs(torque));
        if (!entry.at("below_walker").get<bool>()) continue;
        const double settle = 30.0 * settling_time(params, torque);
        const WallState settled = advance_wall(params, {}, density, 0.0, settle);
        const WallState later = advance_wall(params, settled, density, 0.0, settle);
        comparison.check_real("the velocity (m/s)", "at (A/m2)", density, closed, (later.position - settled.position) / settle,
                              1e-8 * std::max(std::abs(closed), std::abs(torque)));
    }
}

[[nodiscard]] bool is_wall(const Json& vector) {
    return vector.contains("params") && vector["params"].is_object() && vector["params"].contains("Delta_w");
}

[[nodiscard]] Verdict check_wall(const Json& vector) {
    const WallParams params = wall_of(vector);
    Comparison comparison;
    for (const NumberTable& table : tables_with(vector, wall_columns)) {
        if (table.has("H_leak_A_per_m")) {
            check_train(comparison, params, vector, table);
        } else {
            check_motion(comparison, params, table);
        }
    }
    check_velocities(comparison, params, vector);
    return comparison.verdict();
}

constexpr std::array<std::string_view, 3> transient_columns{"t_s", "power_p", "phase_rad"};
constexpr std::array<std::string_view, 5> steady_columns{"zeta_I_over_Ith", "p0", "f_Hz", "Gamma_p_rad_s", "nu_nonlinearity"};

[[nodiscard]] bool is_oscillator(const Json& vector) {
    return has_table_with(vector, transient_columns) || has_table_with(vector, steady_columns);
}

[[nodiscard]] Verdict check_oscillator(const Json& vector) {
    const Json& p = vector.at("params");
    const AutoOscillator oscillator{.frequency = p.at("w0").get<double>(),
                                    .shift = p.at("N").get<double>(),
                                    .damping = p.at("Gamma_G").get<double>(),
                                    .nonlinear_damping = p.at("Q").get<double>()};
    Comparison comparison;
    const auto compare = [&](std::string_view what, double at, double expected, double actual, double least = 0.0) {
        comparison.check_real(what, "at", at, expected, actual, 1e-9 * std::max(least, std::abs(expected)));
    };
    for (const NumberTable& table : tables_with(vector, transient_columns)) {
        const auto start = p.at("p_init").get<double>();
        const auto drive = p.at("zeta").get<double>();
        for (const auto& row : table.rows) {
            const double time = row[table.column("t_s")];
            compare("the power", time, row[table.column("power_p")], oscillator.power_after(start, drive, time));
            compare("the phase (rad)", time, row[table.column("phase_rad")], oscillator.phase_after(start, drive, time), 1.0);
        }
    }
    for (const NumberTable& table : tables_with(vector, steady_columns)) {
        for (const auto& row : table.rows) {
            const double drive = row[table.column("zeta_I_over_Ith")];
            compare("the steady power", drive, row[table.column("p0")], oscillator.steady_power(drive));
            compare("the frequency (Hz)", drive, row[table.column("f_Hz")],
                    oscillator.steady_frequency(drive) / (2.0 * std::numbers::pi));
            compare("the restoration (rad/s)", drive, row[table.column("Gamma_p_rad_s")], oscillator.restoration(drive));
            if (drive > 1.0)  // an oscillation that there is not has none
                compare("nu", drive, row[table.column("nu_nonlinearity")], oscillator.nonlinearity(drive));
        }
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_wall{"domain wall", "position and angle under current, pulses and leak", is_wall, check_wall,
                                       true};
constinit const VectorKind analog_oscillator{"spin-torque oscillator", "power and phase over time; steady states",
                                             is_oscillator, check_oscillator, true};

}  // namespace spikefab::verify
