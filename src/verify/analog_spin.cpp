// SPDX-License-Identifier: Apache-2.0
// Macrospins and tunnel junctions: trajectories, equilibrium moments, switching probabilities, escape rates.
//
// A trajectory's `H` is a list in A/m (also `H_A_per_m`) or a text such as "H=(Hx + Hk mx, 0, -Hd mz)" or "H = Hk*mz z" over
// numbers of the file; `aJ` is a number or "2*aJc for t<4 ns then 0". Held to 1e-8; moments to three standard errors of a
// simulation, probabilities to 1e-4, rates to 1e-3.
#include "base/error.hpp"
#include "models/spintronic/macrospin.hpp"
#include "models/spintronic/switching.hpp"
#include "verify/field_text.hpp"
#include "verify/kinds.hpp"
#include "verify/number_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] Vector3 vector3(const Json& list) {
    return {list.at(0).get<double>(), list.at(1).get<double>(), list.at(2).get<double>()};
}

[[nodiscard]] SteppedTorque torque_of(const Json& vector) {
    if (!has_value(vector, "aJ")) return {};
    const Json& torque = vector.at("aJ");
    if (torque.is_number()) return {.first = torque.get<double>()};
    try {
        return parse_torque(torque.get<std::string>(), vector);
    } catch (const InputError& error) {
        throw InputError{fmt::format("aJ: {} (or '2*aJc for t<4 ns then 0')", error.what())};
    }
}

void add(Vector3& sum, const Vector3& part) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part[k];
}

[[nodiscard]] Macrospin spin_of(const Json& vector) {
    Macrospin spin{.damping = vector.at("alpha").get<double>()};
    if (has_value(vector, "H_A_per_m")) spin.applied = vector3(vector.at("H_A_per_m"));
    if (has_value(vector, "p")) spin.polariser = vector3(vector.at("p"));
    if (!has_value(vector, "H")) return spin;
    if (vector.at("H").is_array()) {
        add(spin.applied, vector3(vector.at("H")));
        return spin;
    }
    try {
        const FieldParts field = parse_field(vector.at("H").get<std::string>(), vector);
        add(spin.applied, field.constant);
        add(spin.anisotropy, field.proportional);
    } catch (const InputError& error) {
        throw InputError{fmt::format("H: {}", error.what())};
    }
    return spin;
}

[[nodiscard]] Vector3 advance(Macrospin spin, const SteppedTorque& torque, Vector3 m, double from, double to) {
    constexpr double rounding = 1e-15;  // of times in a file
    const double edge = std::clamp(torque.edge, from, to);
    spin.torque = torque.first;
    if (edge - from > rounding) m = advance_macrospin(spin, m, edge - from);
    spin.torque = torque.second;
    return to - edge > rounding ? advance_macrospin(spin, m, to - edge) : m;
}

/// Closed-form times: m_z passes 0 and 0.99.
void check_passing(Comparison& comparison, const Json& vector, const Macrospin& spin, const SteppedTorque& torque) {
    const Vector3 start = vector3(vector.at("m0"));
    for (const auto& [key, level] : {std::pair{"t_switch_mz0_exact_s", 0.0}, std::pair{"t_mz0p99_exact_s", 0.99}}) {
        if (!has_value(vector, key)) continue;
        const auto time = vector.at(key).get<double>();
        const double before = advance(spin, torque, start, 0.0, time * (1.0 - 1e-8))[2];
        const double after = advance(spin, torque, start, 0.0, time * (1.0 + 1e-8))[2];
        if ((before < level) != (after < level)) {
            comparison.agree(1);
        } else {
            comparison.fail(fmt::format("m_z does not pass {} at {} s", level, time));
        }
    }
}

constexpr std::array<std::string_view, 4> spin_columns{"t_s", "mx", "my", "mz"};

[[nodiscard]] bool is_trajectory(const Json& vector) {
    return vector.contains("alpha") && vector.contains("m0") && has_table_with(vector, spin_columns);
}

[[nodiscard]] Verdict check_trajectory(const Json& vector) {
    const Macrospin spin = spin_of(vector);
    const SteppedTorque torque = torque_of(vector);
    const NumberTable table = table_with(vector, spin_columns);
    Vector3 m = vector3(vector.at("m0"));
    double time = 0.0;
    Comparison comparison;
    for (const auto& row : table.rows) {
        const double now = row[table.column("t_s")];
        m = advance(spin, torque, m, time, now);
        time = now;
        const std::array names{"mx", "my", "mz"};
        for (std::size_t k = 0; k < 3; ++k)
            comparison.check_real(names.at(k), "at (s)", time, row[table.column(names.at(k))], m.at(k), 1e-8);
        comparison.check_real("|m|^2", "at (s)", time, 1.0, m[0] * m[0] + m[1] * m[1] + m[2] * m[2], 1e-12);
    }
    check_passing(comparison, vector, spin, torque);
    return comparison.verdict();
}

/// Mean of f(m) over a thermal run, with its error from blocks of it.
struct Average {
    double mean = 0.0;
    double error = 0.0;
};
template <class Function>
[[nodiscard]] Average thermal_average(const Macrospin& spin, Function value) {
    constexpr int blocks = 60;
    constexpr int samples = 300;
    constexpr std::uint64_t steps_between = 20;
    const double heat = boltzmann * spin.temperature / (vacuum_permeability * spin.moment);
    const double dt = 0.05 / (precession_constant * (std::abs(spin.anisotropy[2]) + std::abs(spin.applied[2]) + heat));
    ThermalStream stream{.key = 7, .unit = 3, .step = 0};
    std::vector<double> means;
    Vector3 m = advance_macrospin_stochastic(spin, {0.0, 0.0, 1.0}, dt, 20000, stream);
    for (int block = 0; block < blocks; ++block) {
        double sum = 0.0;
        for (int k = 0; k < samples; ++k) {
            m = advance_macrospin_stochastic(spin, m, dt, steps_between, stream);
            sum += value(m);
        }
        means.push_back(sum / samples);
    }
    Average average;
    for (const double mean : means) average.mean += mean / blocks;
    for (const double mean : means) average.error += (mean - average.mean) * (mean - average.mean);
    average.error = std::sqrt(average.error / (blocks * (blocks - 1.0)));
    return average;
}

constexpr std::array<std::string_view, 3> moment_columns{"Delta_or_xi", "uniaxial_mean_mz2", "zeeman_mean_mz_langevin"};

[[nodiscard]] bool is_moments(const Json& vector) {
    return has_table_with(vector, moment_columns);
}

[[nodiscard]] Verdict check_moments(const Json& vector) {
    constexpr double moment = 1e-19;  // A m2; the results depend on the ratio of energies alone
    constexpr double kelvin = 300.0;
    Comparison comparison;
    for (const NumberTable& table : tables_with(vector, moment_columns)) {
        for (const auto& row : table.rows) {
            const double ratio = row[table.column("Delta_or_xi")];
            const double field = ratio * boltzmann * kelvin / (vacuum_permeability * moment);
            const Macrospin uniaxial{
                .damping = 0.2, .anisotropy = {0.0, 0.0, 2.0 * field}, .moment = moment, .temperature = kelvin};
            const Average square = thermal_average(uniaxial, [](const Vector3& m) { return m[2] * m[2]; });
            comparison.check_real("mean m_z^2", "at", ratio, row[table.column("uniaxial_mean_mz2")], square.mean,
                                  3.0 * square.error);
            const Macrospin zeeman{.damping = 0.2, .applied = {0.0, 0.0, field}, .moment = moment, .temperature = kelvin};
            const Average along = thermal_average(zeeman, [](const Vector3& m) { return m[2]; });
            comparison.check_real("mean m_z", "at", ratio, row[table.column("zeeman_mean_mz_langevin")], along.mean,
                                  3.0 * along.error);
        }
    }
    return comparison.verdict();
}

constexpr std::array<std::string_view, 4> switching_columns{"Delta", "I_over_Ic0", "tau", "P_switch_FP"};
constexpr std::array<std::string_view, 3> rate_columns{"Delta", "I_over_Ic0", "rate_FP_per_tau"};

[[nodiscard]] bool is_switching(const Json& vector) {
    return has_table_with(vector, switching_columns) || has_table_with(vector, rate_columns);
}

[[nodiscard]] Verdict check_switching(const Json& vector) {
    Comparison comparison;
    for (const NumberTable& table : tables_with(vector, switching_columns)) {
        for (const auto& row : table.rows) {
            const double current = row[table.column("I_over_Ic0")];
            comparison.check_real("the switching probability", "at (Ic0)", current, row[table.column("P_switch_FP")],
                                  switching_probability(row[table.column("Delta")], current, row[table.column("tau")]), 1e-4);
        }
    }
    for (const NumberTable& table : tables_with(vector, rate_columns)) {
        for (const auto& row : table.rows) {
            const double current = row[table.column("I_over_Ic0")];
            const double expected = row[table.column("rate_FP_per_tau")];
            comparison.check_real("the escape rate", "at (Ic0)", current, expected,
                                  escape_rate(row[table.column("Delta")], current), 1e-3 * expected);
        }
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind analog_spin{"macrospin", "magnetisation over time, and when it switches", is_trajectory,
                                       check_trajectory, true};
constinit const VectorKind analog_heat{"thermal macrospin", "moments in thermal equilibrium, by simulation", is_moments,
                                       check_moments, true};
constinit const VectorKind analog_switching{"tunnel junction", "switching probabilities and escape rates", is_switching,
                                            check_switching, true};

}  // namespace spikefab::verify
