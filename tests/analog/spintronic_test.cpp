// SPDX-License-Identifier: Apache-2.0
// Spins, walls and oscillators against closed forms, and heat against Boltzmann.
#include "models/spintronic/auto_oscillator.hpp"
#include "models/spintronic/domain_wall.hpp"
#include "models/spintronic/macrospin.hpp"

#include "models/numerics/normal_quantile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

TEST(Macrospin, precesses_and_relaxes_as_the_closed_form_to_1e_8) {
    // In a field along z: m_z = tanh(alpha w t + atanh m_z(0)), the angle about z grows by w = g0 H / (1 + alpha^2).
    const Macrospin spin{.damping = 0.1, .applied = {0.0, 0.0, 1e5}};
    const double start = -0.94;
    const double w = precession_constant * 1e5 / 1.01;
    Vector3 m{std::sqrt(1.0 - start * start), 0.0, start};
    for (int k = 1; k <= 100; ++k) {
        const double time = k * 20e-12;
        m = advance_macrospin(spin, m, 20e-12);
        const double along = std::tanh(0.1 * w * time + std::atanh(start));
        EXPECT_NEAR(m[2], along, 1e-8);
        EXPECT_NEAR(m[0], std::sqrt(1.0 - along * along) * std::cos(w * time), 1e-8);
        EXPECT_NEAR(m[1], std::sqrt(1.0 - along * along) * std::sin(w * time), 1e-8);
        EXPECT_NEAR(m[0] * m[0] + m[1] * m[1] + m[2] * m[2], 1.0, 1e-12);
    }
}

TEST(Macrospin, of_a_perpendicular_polariser_turns_out_of_its_plane_by_the_closed_form) {
    // The torque lifts m until its damping holds it: m_z = aJ / (alpha Ms).
    const Macrospin spin{.damping = 0.01, .anisotropy = {0.0, 0.0, -8e5}, .torque = 2800.0};
    const Vector3 m = advance_macrospin(spin, {1.0, 0.0, 0.0}, 60e-9);
    EXPECT_NEAR(m[2], 0.35, 1e-6);
}

TEST(ThermalMacrospin, has_Langevin_s_moment_and_Boltzmann_s_square_within_three_sigma) {
    constexpr std::uint32_t spins = 1500;
    const double heat = boltzmann * 300.0 / (vacuum_permeability * 1e-19);  // A/m
    const double dt = 0.02 / (precession_constant * heat);
    for (const double ratio : {1.0, 4.0}) {
        const Macrospin zeeman{.damping = 0.5, .applied = {0.0, 0.0, ratio * heat}, .moment = 1e-19, .temperature = 300.0};
        double sum = 0.0;
        double squares = 0.0;
        for (std::uint32_t k = 0; k < spins; ++k) {
            ThermalStream stream{.key = 7, .unit = k};
            const Vector3 m = advance_macrospin_stochastic(zeeman, {0.0, 0.0, 1.0}, dt, 600, stream);
            sum += m[2] / spins;
            squares += m[2] * m[2] / spins;
        }
        const double langevin = 1.0 / std::tanh(ratio) - 1.0 / ratio;
        const double square = 1.0 - 2.0 * langevin / ratio;
        EXPECT_NEAR(squares, square, 3.0 * std::sqrt(square / spins));
        EXPECT_NEAR(sum, langevin, 3.0 * std::sqrt((squares - sum * sum) / spins));
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

TEST(DomainWall, moves_at_the_closed_form_below_walker_and_slower_above) {
    const WallParams params;
    for (const double density : {2e11, 8e11, 4e12}) {
        const double u = params.torque_velocity(density);
        const WallState settled = advance_wall(params, {}, density, 0.0, 20e-9);
        const WallState later = advance_wall(params, settled, density, 0.0, 20e-9);
        const double velocity = (later.position - settled.position) / 20e-9;
        const double closed = params.nonadiabaticity / params.damping * u;
        if (u < params.walker_velocity()) {
            EXPECT_NEAR(velocity / closed, 1.0, 1e-8) << density;
        } else {
            EXPECT_LT(velocity, 0.9 * closed) << density;
        }
    }
}

TEST(DomainWall, is_held_back_by_neighbours_that_are_ahead) {
    const WallParams params;
    const std::vector<WallState> start(3);
    const std::vector<double> density{2e11, 6e11, 2e11};
    const auto alone = advance_walls(params, start, density, {}, 2e-9);
    const auto inhibited = advance_walls(params, start, density, {.range = 1, .strength = 3000.0}, 2e-9);
    EXPECT_NEAR(alone[1].position, advance_wall(params, {}, 6e11, 0.0, 2e-9).position, 1e-15);
    EXPECT_LT(inhibited[0].position, 0.9 * alone[0].position);  // pushed by the strong middle
    EXPECT_GT(inhibited[1].position / alone[1].position, inhibited[0].position / alone[0].position);
    EXPECT_DOUBLE_EQ(inhibited[0].position, inhibited[2].position);
}

TEST(AutoOscillator, driven_backwards_dies_however_long_and_hard) {
    const AutoOscillator oscillator;
    for (const double drive : {-0.5, -1.5, -10.0, -1e4}) {  // at -1.5 = -Q its damping does not depend on the power
        EXPECT_EQ(oscillator.power_after(0.1, drive, 1e-3), 0.0) << drive;
        const double short_time = 1e-15;
        const double rate = 2.0 * oscillator.damping * (drive - 1.0 - (drive + oscillator.nonlinear_damping) * 0.1);
        EXPECT_NEAR((oscillator.power_after(0.1, drive, short_time) / 0.1 - 1.0) / (rate * short_time), 1.0, 2e-2) << drive;
        EXPECT_TRUE(std::isfinite(oscillator.phase_after(0.1, drive, 1e-6))) << drive;
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
