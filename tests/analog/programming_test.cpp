// SPDX-License-Identifier: Apache-2.0
// Statistical cells, and write-verify programming.
#include "models/device/programming.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

TEST(Statistics, draw_what_their_moments_say) {
    for (const std::string_view name : Registry<ConductanceStatistics>::instance().names()) {
        SCOPED_TRACE(name);
        ModelChoice<ConductanceStatistics> model{name};
        if (name == "gaussian")
            set_fields(*model.operator->(), {{"sigma", 1e-6}, {"sigma_rel", 0.02}, {"drift", 0.05}, {"drift_sigma", 0.01}});
        const double target = 25e-6;
        const double sigma = model->programming_sigma(target);
        constexpr std::uint32_t cells = 20000;
        double sum = 0.0;
        double squares = 0.0;
        for (std::uint32_t k = 0; k < cells; ++k) {
            Rng rng{3, "cells", k};
            const double gap = model->program(target, rng).conductance - target;
            sum += gap;
            squares += gap * gap;
        }
        EXPECT_NEAR(sum / cells, 0.0, 4.0 * sigma / std::sqrt(cells));
        EXPECT_NEAR(squares / cells, sigma * sigma, 4.0 * sigma * sigma * std::sqrt(2.0 / cells));
    }
}

TEST(Statistics, of_the_measured_chips_are_the_published_fits) {
    EXPECT_NEAR(
        ModelChoice<ConductanceStatistics> { "rram_milo" } -> programming_sigma(100e-6), (4.782321 - 0.9107) * 1e-6, 1e-18);
    EXPECT_EQ(
        ModelChoice<ConductanceStatistics> { "rram_milo" } -> programming_sigma(1e-3), 0.0);
    EXPECT_NEAR(
        ModelChoice<ConductanceStatistics> { "rram_wan" } -> programming_sigma(10e-6), (0.1536 - 1.167 + 2.374 + 1.053) * 1e-6,
        1e-18);
}

TEST(Statistics, drift_exponents_belong_to_the_device_and_not_to_the_read) {
    const ModelChoice<ConductanceStatistics> pcm{"pcm"};
    Rng rng{1, "cell", 7};
    const ProgrammedCell cell = pcm->program(10e-6, rng);
    const double hour = pcm->conductance(cell, 3600.0);
    EXPECT_LT(hour, cell.conductance);
    EXPECT_NEAR(std::log(cell.conductance / pcm->conductance(cell, 1e6)) / std::log(cell.conductance / hour),
                std::log(1.0 + 1e6 / 20.0) / std::log(1.0 + 180.0), 1e-9);
}

TEST(WriteVerify, brings_statistical_cells_within_tolerance_at_the_price_of_pulses) {
    const ModelChoice<ConductanceStatistics> wan{"rram_wan"};
    const ProgramTarget target{.conductance = 20e-6, .range = 38e-6};
    ProgramParams verify{.scheme = ProgramScheme::write_verify, .tolerance = 0.02};
    verify.most_pulses = 1000;
    double energy_once = 0.0;
    double energy_verified = 0.0;
    for (std::uint32_t k = 0; k < 200; ++k) {
        Rng rng{1, "cell", k};
        const ProgramOutcome outcome = program_cell(*wan, target, verify, rng);
        EXPECT_TRUE(outcome.converged);
        EXPECT_NEAR(outcome.cell.conductance, 20e-6, 0.02 * 38e-6);
        EXPECT_EQ(outcome.reads, outcome.pulses);
        EXPECT_NEAR(outcome.seconds, outcome.pulses * 60e-9, 1e-15);
        energy_verified += outcome.energy;
        Rng again{1, "cell", k};
        energy_once += program_cell(*wan, target, {}, again).energy;
    }
    EXPECT_GT(energy_verified, 1.5 * energy_once);
}

TEST(WriteVerify, brings_physical_devices_to_any_conductance_in_their_range) {
    // Slow enough pulses for steps smaller than the tolerance.
    ModelChoice<Memristor> vteam{"vteam"};
    set_fields(*vteam.operator->(), {{"k_on", -0.004},
                                     {"k_off", 0.003},
                                     {"alpha_off", 2.0},
                                     {"v_on", -0.5},
                                     {"v_off", 0.4},
                                     {"r_on", 1e3},
                                     {"r_off", 1e5}});
    const ProgramParams params{.scheme = ProgramScheme::write_verify,
                               .tolerance = 0.01,
                               .most_pulses = 20000,
                               .set = Voltage{-0.8},
                               .reset = Voltage{0.6},
                               .step = Voltage{0.0},
                               .pulse = Time{0.5}};
    for (const double share : {0.05, 0.3, 0.9}) {
        const double wanted = 1e-5 + share * (1e-3 - 1e-5);
        Rng rng{1, "cell"};
        const ProgramOutcome outcome = program_cell(*vteam, vteam->range().high, {wanted, 1e-3 - 1e-5}, params, rng);
        EXPECT_TRUE(outcome.converged) << share;
        EXPECT_NEAR(vteam->conductance(outcome.state, 0.1), wanted, 0.01 * 1e-3);
        EXPECT_GT(outcome.energy, 0.0);
        EXPECT_EQ(outcome.reads, outcome.pulses + 1);
    }
}

TEST(WriteVerify, says_so_when_a_target_cannot_be_reached) {
    const ModelChoice<Memristor> vteam{"vteam"};
    const ProgramParams params{
        .scheme = ProgramScheme::write_verify, .most_pulses = 5, .set = Voltage{-0.1}, .step = Voltage{0.0}};
    Rng rng{1, "cell"};
    const ProgramOutcome outcome = program_cell(*vteam, vteam->range().high, {0.01, 0.019}, params, rng);
    EXPECT_FALSE(outcome.converged);  // -0.1 V is below the threshold: nothing moves
    EXPECT_EQ(outcome.pulses, 5U);
}

TEST(Faults, occur_with_the_shares_asked_for_and_never_more_than_all) {
    const FaultParams params{.stuck_high = 0.1, .stuck_low = 0.2, .open = 0.05};
    std::array<int, 4> seen{};
    constexpr int cells = 20000;
    for (std::uint32_t k = 0; k < cells; ++k) {
        Rng rng{1, "faults", k};
        ++seen.at(static_cast<std::size_t>(draw_fault(params, rng)));
    }
    const std::array expected{0.65, 0.1, 0.2, 0.05};
    for (std::size_t k = 0; k < 4; ++k)
        EXPECT_NEAR(seen[k], expected[k] * cells, 4.0 * std::sqrt(cells * expected[k] * (1.0 - expected[k])));
    Rng rng{1, "faults"};
    EXPECT_THROW((void)draw_fault({.stuck_high = 0.7, .stuck_low = 0.7}, rng), InputError);
}

}  // namespace
}  // namespace spikefab
