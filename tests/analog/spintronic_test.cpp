// SPDX-License-Identifier: Apache-2.0
// Spins, walls and oscillators against closed forms and golden trajectories, and heat against Boltzmann.
#include "models/spintronic/auto_oscillator.hpp"
#include "models/spintronic/domain_wall.hpp"
#include "models/spintronic/macrospin.hpp"

#include "analog/golden.hpp"
#include "models/numerics/normal_quantile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

using test::Table;

[[nodiscard]] Vector3 vector_of(const nlohmann::json& values) {
    return {values[0].get<double>(), values[1].get<double>(), values[2].get<double>()};
}

/// Follows a golden trajectory; `spin_at(t)` is the spin that acts from time t on.
template <class SpinAt>
void expect_trajectory(const std::string& name, const Vector3& start, SpinAt spin_at) {
    const Table golden = test::golden_table("llg/" + name + ".csv");
    ASSERT_GT(golden.rows.size(), 100U);
    Vector3 m = start;
    double time = 0.0;
    for (const auto& row : golden.rows) {
        m = advance_macrospin(spin_at(time), m, row[0] - time);
        time = row[0];
        for (std::size_t k = 0; k < 3; ++k) ASSERT_NEAR(m[k], row[k + 1], 1e-8) << "component " << k << " at " << time << " s";
        ASSERT_NEAR(m[0] * m[0] + m[1] * m[1] + m[2] * m[2], 1.0, 1e-12);
    }
}

TEST(Macrospin, precesses_and_relaxes_as_the_closed_form_to_1e_8) {
    SPIKEFAB_NEEDS_GOLDEN("llg/L1_damped_precession.csv");
    const nlohmann::json golden = test::golden_json("llg/L1_damped_precession.json");
    const Macrospin spin{.damping = golden["alpha"], .applied = vector_of(golden["H_A_per_m"])};
    expect_trajectory("L1_damped_precession", vector_of(golden["m0"]), [&](double) { return spin; });
}

TEST(Macrospin, switches_by_spin_torque_as_golden_to_1e_8_and_at_the_exact_time) {
    SPIKEFAB_NEEDS_GOLDEN("llg/L2_pma_stt.csv");
    const nlohmann::json golden = test::golden_json("llg/L2_pma_stt.json");
    const Macrospin spin{.damping = golden["alpha"], .anisotropy = {0.0, 0.0, golden["Hk"]}, .torque = golden["aJ"]};
    expect_trajectory("L2_pma_stt", vector_of(golden["m0"]), [&](double) { return spin; });
    const double time = golden["t_switch_mz0_exact_s"];
    const Vector3 start = vector_of(golden["m0"]);
    EXPECT_LT(advance_macrospin(spin, start, time * (1.0 - 1e-9))[2], 0.0);
    EXPECT_GT(advance_macrospin(spin, start, time * (1.0 + 1e-9))[2], 0.0);
}

TEST(Macrospin, follows_an_in_plane_pulse_to_1e_8) {
    SPIKEFAB_NEEDS_GOLDEN("llg/L3_inplane_stt_pulse.csv");
    const nlohmann::json golden = test::golden_json("llg/L3_inplane_stt_pulse.json");
    Macrospin spin{.damping = golden["alpha"],
                   .anisotropy = {golden["Hk"].get<double>(), 0.0, -golden["Hd"].get<double>()},
                   .polariser = vector_of(golden["p"])};
    expect_trajectory("L3_inplane_stt_pulse", vector_of(golden["m0"]), [&](double time) {
        spin.torque = time < 4e-9 - 1e-15 ? 2.0 * golden["aJc"].get<double>() : 0.0;
        return spin;
    });
}

TEST(Macrospin, settles_on_the_limit_cycle_of_a_perpendicular_polariser_to_1e_8) {
    SPIKEFAB_NEEDS_GOLDEN("llg/L5_perp_polariser_oscillation.csv");
    const nlohmann::json golden = test::golden_json("llg/L5_perp_polariser_oscillation.json");
    const Macrospin spin{
        .damping = golden["alpha"], .anisotropy = {0.0, 0.0, -golden["Ms"].get<double>()}, .torque = golden["aJ"]};
    expect_trajectory("L5_perp_polariser_oscillation", vector_of(golden["m0"]), [&](double) { return spin; });
}

/// Mean of f(m) over a long thermal run, with the error of that mean from independent blocks.
struct Average {
    double mean = 0.0;
    double error = 0.0;
};
template <class Function>
[[nodiscard]] Average thermal_average(const Macrospin& spin, Function value) {
    const double rate = precession_constant * (std::abs(spin.anisotropy[2]) + std::abs(spin.applied[2]) + 1e4);
    const double dt = 0.05 / rate;
    ThermalStream stream{.key = 7, .unit = 3, .step = 0};
    constexpr int blocks = 60;
    std::vector<double> means;
    Vector3 m = advance_macrospin_stochastic(spin, {1.0, 0.0, 0.0}, dt, 20000, stream);
    for (int block = 0; block < blocks; ++block) {
        double sum = 0.0;
        constexpr int samples = 300;
        for (int k = 0; k < samples; ++k) {
            m = advance_macrospin_stochastic(spin, m, dt, 20, stream);
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

TEST(ThermalMacrospin, has_the_equilibrium_moments_within_three_sigma) {
    SPIKEFAB_NEEDS_GOLDEN("llg/equilibrium_moments.csv");
    const Table golden = test::golden_table("llg/equilibrium_moments.csv");
    const double moment = 1e-19;
    const double kt = boltzmann * 300.0;
    for (const auto& row : golden.rows) {
        if (row[0] > 6.0 || row[0] == 0.0) continue;  // deeper wells are not left in a test's time
        SCOPED_TRACE(row[0]);
        const double field = row[0] * kt / (vacuum_permeability * moment);
        const Macrospin uniaxial{.damping = 0.2, .anisotropy = {0.0, 0.0, 2.0 * field}, .moment = moment, .temperature = 300.0};
        const Average square = thermal_average(uniaxial, [](const Vector3& m) { return m[2] * m[2]; });
        EXPECT_NEAR(square.mean, row[1], 3.0 * square.error);
        EXPECT_LT(square.error, 0.01);
        const Macrospin zeeman{.damping = 0.2, .applied = {0.0, 0.0, field}, .moment = moment, .temperature = 300.0};
        const Average along = thermal_average(zeeman, [](const Vector3& m) { return m[2]; });
        EXPECT_NEAR(along.mean, row[2], 3.0 * along.error);
    }
}

TEST(ThermalMacrospin, path_depends_on_its_stream_and_not_on_how_it_is_cut) {
    const Macrospin spin{.damping = 0.02, .anisotropy = {0.0, 0.0, 2e5}, .moment = 1e-18, .temperature = 300.0};
    ThermalStream whole{.key = 1, .unit = 2};
    ThermalStream pieces = whole;
    const Vector3 expected = advance_macrospin_stochastic(spin, {0.0, 0.0, -1.0}, 1e-12, 100, whole);
    Vector3 m = advance_macrospin_stochastic(spin, {0.0, 0.0, -1.0}, 1e-12, 37, pieces);
    m = advance_macrospin_stochastic(spin, m, 1e-12, 63, pieces);
    EXPECT_EQ(m, expected);
    ThermalStream other{.key = 1, .unit = 3};
    EXPECT_NE(advance_macrospin_stochastic(spin, {0.0, 0.0, -1.0}, 1e-12, 100, other), expected);
}

TEST(NormalQuantile, inverts_the_normal_distribution_to_1e_6) {
    for (double x = -6.0; x <= 6.0; x += 0.125)
        EXPECT_NEAR(normal_quantile(0.5 * std::erfc(-x / std::numbers::sqrt2)), x, 2e-6);
}

[[nodiscard]] WallParams golden_wall(const nlohmann::json& golden) {
    const auto& p = golden["params"];
    return {.damping = p["alpha"],
            .nonadiabaticity = p["beta"],
            .width = p["Delta_w"],
            .transverse_field = p["H_K"],
            .saturation = p["Ms"],
            .polarisation = golden["pol"],
            .exchange = p["A"],
            .anisotropy = golden["K0"],
            .anisotropy_slope = 0.0,
            .length = golden["L"]};
}

TEST(DomainWall, follows_the_golden_motion_under_constant_current_to_1e_8) {
    SPIKEFAB_NEEDS_GOLDEN("dw/dw.json");
    const WallParams params = golden_wall(test::golden_json("dw/dw.json"));
    for (const auto& [name, density] : {std::pair{"dw/dw_stt_J5e+11.csv", 5e11}, std::pair{"dw/dw_stt_J1e+12.csv", 1e12},
                                        std::pair{"dw/dw_stt_J2e+12.csv", 2e12}}) {
        SCOPED_TRACE(name);
        const Table golden = test::golden_table(name);
        const double travelled = std::abs(golden.rows.back()[1]);
        WallState wall;
        double time = 0.0;
        for (const auto& row : golden.rows) {
            wall = advance_wall(params, wall, density, 0.0, row[0] - time);
            time = row[0];
            ASSERT_NEAR(wall.position, row[1], 1e-8 * travelled);
            ASSERT_NEAR(wall.angle, row[2], 1e-8);
        }
    }
}

TEST(DomainWall, moves_at_the_closed_form_below_walker_and_slower_above) {
    SPIKEFAB_NEEDS_GOLDEN("dw/dw.json");
    const nlohmann::json golden = test::golden_json("dw/dw.json");
    const WallParams params = golden_wall(golden);
    EXPECT_NEAR(params.walker_velocity() / golden["params"]["u_walker"].get<double>(), 1.0, 1e-9);
    for (const auto& entry : golden["cases"]) {
        const double density = entry["J"];
        EXPECT_NEAR(params.torque_velocity(density) / entry["u"].get<double>(), 1.0, 1e-12);
        const WallState settled = advance_wall(params, {}, density, 0.0, 20e-9);
        const WallState later = advance_wall(params, settled, density, 0.0, 20e-9);
        const double velocity = (later.position - settled.position) / 20e-9;
        const double closed = entry["v_closed_below_walker"];
        if (entry["below_walker"].get<bool>()) {
            EXPECT_NEAR(velocity / closed, 1.0, 1e-8);
        } else {
            EXPECT_LT(velocity, 0.9 * closed);
        }
    }
}

TEST(DomainWall, integrates_pulses_and_leaks_as_golden_to_1e_8) {
    SPIKEFAB_NEEDS_GOLDEN("dw/dw_lif_pulses.csv");
    const nlohmann::json golden = test::golden_json("dw/dw.json");
    WallParams params = golden_wall(golden);
    params.anisotropy_slope = golden["K1"];
    const auto& pulses = golden["lif"]["pulses"];
    const auto density_at = [&](double time) {
        for (const auto& pulse : pulses)
            if (time >= pulse[0].get<double>() - 1e-15 && time < pulse[1].get<double>() - 1e-15)
                return golden["lif"]["J"].get<double>();
        return 0.0;
    };
    const Table table = test::golden_table("dw/dw_lif_pulses.csv");
    WallState wall;
    double time = 0.0;
    for (const auto& row : table.rows) {
        wall = advance_wall(params, wall, density_at(time), 0.0, row[0] - time);
        time = row[0];
        ASSERT_NEAR(wall.position, row[1], 1e-8 * 2.5e-7) << time;
        ASSERT_NEAR(wall.angle, row[2], 1e-8) << time;
        ASSERT_NEAR(params.leak_field(wall.position) / row[3], 1.0, 1e-8) << time;
    }
}

TEST(DomainWall, is_held_back_by_neighbours_that_are_ahead) {
    SPIKEFAB_NEEDS_GOLDEN("dw/dw.json");
    const WallParams params = golden_wall(test::golden_json("dw/dw.json"));
    const std::vector<WallState> start(3);
    const std::vector<double> density{2e11, 6e11, 2e11};
    const auto alone = advance_walls(params, start, density, {}, 2e-9);
    const auto inhibited = advance_walls(params, start, density, {.range = 1, .strength = 3000.0}, 2e-9);
    EXPECT_NEAR(alone[1].position, advance_wall(params, {}, 6e11, 0.0, 2e-9).position, 1e-15);
    EXPECT_LT(inhibited[0].position, 0.9 * alone[0].position);  // pushed by the strong middle
    EXPECT_GT(inhibited[1].position / alone[1].position, inhibited[0].position / alone[0].position);
    EXPECT_DOUBLE_EQ(inhibited[0].position, inhibited[2].position);
}

[[nodiscard]] AutoOscillator golden_oscillator(const nlohmann::json& golden) {
    const auto& p = golden["params"];
    return {.frequency = p["w0"], .shift = p["N"], .damping = p["Gamma_G"], .nonlinear_damping = p["Q"]};
}

TEST(AutoOscillator, follows_the_golden_transient_to_1e_9) {
    SPIKEFAB_NEEDS_GOLDEN("stno/stno_transient.csv");
    const nlohmann::json golden = test::golden_json("stno/stno.json");
    const AutoOscillator oscillator = golden_oscillator(golden);
    const double start = golden["params"]["p_init"];
    const double drive = golden["params"]["zeta"];
    const Table table = test::golden_table("stno/stno_transient.csv");
    for (const auto& row : table.rows) {
        EXPECT_NEAR(oscillator.power_after(start, drive, row[0]), row[1], 1e-9 * row[1]);
        EXPECT_NEAR(oscillator.phase_after(start, drive, row[0]), row[2], 1e-9 * std::max(1.0, row[2]));
    }
}

TEST(AutoOscillator, settles_as_golden_at_every_drive_to_1e_9) {
    SPIKEFAB_NEEDS_GOLDEN("stno/stno_vs_drive.csv");
    const AutoOscillator oscillator = golden_oscillator(test::golden_json("stno/stno.json"));
    const Table table = test::golden_table("stno/stno_vs_drive.csv");
    for (const auto& row : table.rows) {
        EXPECT_NEAR(oscillator.steady_power(row[0]), row[1], 1e-9 * row[1]);
        EXPECT_NEAR(oscillator.steady_frequency(row[0]) / (2.0 * std::numbers::pi), row[2], 1e-9 * row[2]);
        EXPECT_NEAR(oscillator.restoration(row[0]), row[3], 1e-9 * row[3]);
        EXPECT_NEAR(oscillator.nonlinearity(row[0]), row[4], -1e-9 * row[4]);
    }
}

TEST(AutoOscillator, dies_below_threshold_and_reaches_a_power_when_it_says) {
    const AutoOscillator oscillator;
    EXPECT_LT(oscillator.power_after(0.1, 0.5, 10e-9), 0.01);
    EXPECT_NEAR(oscillator.power_after(0.1, 1.0, 10e-9), 0.1 / (1.0 + 0.1 * 2.0 * oscillator.damping * 2.5 * 10e-9), 1e-12);
    const double time = oscillator.time_to_power(1e-3, 2.0, 0.2);
    EXPECT_NEAR(oscillator.power_after(1e-3, 2.0, time), 0.2, 1e-12);
    EXPECT_TRUE(std::isinf(oscillator.time_to_power(1e-3, 2.0, 0.3)));  // above the steady power 2/7
    EXPECT_TRUE(std::isinf(oscillator.time_to_power(1e-3, 0.9, 0.2)));
}

}  // namespace
}  // namespace spikefab
