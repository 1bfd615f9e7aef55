// SPDX-License-Identifier: Apache-2.0
// Switching probabilities: their laws, and the two engines of the MTJ neuron against each other.
#include "models/spintronic/mtj.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/column/column_neuron.hpp"
#include "models/spintronic/switching.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

TEST(Switching, rises_with_current_and_time) {
    double before = -1.0;
    for (double current = 0.0; current <= 4.0; current += 0.25) {
        const double now = switching_probability(40.0, current, 3.0);
        EXPECT_GE(now, before - 1e-12) << current;
        before = now;
    }
    before = -1.0;
    for (double tau = 0.25; tau < 100.0; tau *= 1.5) {
        const double now = switching_probability(40.0, 1.2, tau);
        EXPECT_GE(now, before - 1e-12) << tau;
        before = now;
    }
    EXPECT_NEAR(before, 1.0, 1e-9);
}

TEST(Switching, of_short_strong_pulses_is_that_of_a_finite_volume_solution) {
    // Scharfetter-Gummel fluxes on 3,000 and 12,000 cells along the polar angle, TR-BDF2, extrapolated: nothing passes the
    // barrier before its time.
    EXPECT_NEAR(switching_probability(120.0, 3.0, 0.25), 0.0, 1e-9);
    EXPECT_NEAR(switching_probability(200.0, 6.0, 0.25), 0.0, 1e-6);
    EXPECT_NEAR(switching_probability(25.0, 3.0, 1.0), 0.493853, 2e-6);
    EXPECT_NEAR(switching_probability(120.0, 3.0, 1.0), 0.03287, 1e-5);
    EXPECT_NEAR(switching_probability(200.0, 6.0, 1.0), 0.9766966, 1e-6);
}

TEST(Switching, rises_with_time_from_the_start_at_any_stability_and_current) {
    for (const double stability : {20.0, 60.0, 200.0}) {
        for (const double current : {1.1, 2.0, 4.0, 8.0}) {
            double before = 0.0;
            for (double tau = 0.02; tau < 20.0; tau *= 1.25) {
                const double now = switching_probability(stability, current, tau);
                EXPECT_GE(now, before - 2e-6) << stability << ' ' << current << ' ' << tau;
                before = now;
            }
            EXPECT_GT(before, 0.8) << stability << ' ' << current;
        }
    }
}

TEST(Switching, decays_at_long_times_with_the_escape_rate) {
    const double rate = escape_rate(20.0, 0.5);
    const double early = std::log1p(-switching_probability(20.0, 0.5, 100.0));
    const double late = std::log1p(-switching_probability(20.0, 0.5, 200.0));
    EXPECT_NEAR((early - late) / 100.0 / rate, 1.0, 1e-4);
}

TEST(Switching, relaxes_to_equilibrium_between_two_equal_wells) {
    EXPECT_NEAR(switching_probability(3.0, 0.0, 1e4), 0.5, 1e-9);
}

TEST(SwitchingTable, interpolates_within_1e_4) {
    const SwitchingTable table{5.0, 38.0, 42.0};
    for (std::uint32_t k = 0; k < 60; ++k) {
        Rng rng{1, "points", k};
        const double stability = 38.0 + 4.0 * rng.uniform();
        const double current = -0.5 + 4.0 * rng.uniform();
        EXPECT_NEAR(table.probability(stability, current), switching_probability(stability, current, 5.0), 1e-4)
            << stability << ' ' << current;
    }
}

TEST(Switching, refuses_unphysical_junctions) {
    EXPECT_THROW((void)switching_probability(-5.0, 1.0, 1.0), InputError);
    EXPECT_THROW((void)switching_probability(40.0, std::nan(""), 1.0), InputError);
    EXPECT_THROW((void)switching_probability(40.0, 1.0, -1.0), InputError);
}

[[nodiscard]] double firing_rate(std::string_view engine, const std::map<std::string, double>& values, double current,
                                 std::size_t pulses) {
    ModelChoice<ColumnNeuronModel> model{engine};
    set_fields(*model.operator->(), values);
    const auto array = model->make_array(1, 5, "mtj");
    std::vector<TimedSpike> spikes;
    for (std::size_t k = 0; k < pulses; ++k) {
        array->drive(static_cast<double>(k) * 20e-9, DrivePhase::pulse, std::vector{current}, spikes);
        array->drive(static_cast<double>(k) * 20e-9 + 5e-9, DrivePhase::rest, std::vector{0.0}, spikes);
    }
    return static_cast<double>(spikes.size()) / static_cast<double>(pulses);
}

TEST(MtjNeuron, fires_with_the_fokker_planck_probability_in_both_engines_within_three_sigma) {
    // hk and t_write such that tau = 5.
    MtjParams junction;
    const double tau = 5.0;
    const std::map<std::string, double> values{{"i_bias", 0.0}, {"t_write", tau / junction.relaxation_rate()}};
    for (const double relative : {0.9, 1.1, 1.3}) {
        const double expected = switching_probability(junction.stability, relative, tau);
        const double current = relative * junction.critical.si();
#ifdef NDEBUG
        constexpr std::size_t slow_pulses = 400;
#else
        constexpr std::size_t slow_pulses = 60;
#endif
        const auto sigma = [&](std::size_t count) {
            return std::sqrt(expected * (1.0 - expected) / static_cast<double>(count));
        };
        EXPECT_NEAR(firing_rate("mtj_stochastic", values, current, 20000), expected, 3.0 * sigma(20000)) << relative;
        EXPECT_NEAR(firing_rate("mtj_sllg", values, current, slow_pulses), expected, 3.0 * sigma(slow_pulses)) << relative;
    }
}

TEST(MtjNeuron, fires_the_same_whatever_the_order_of_events) {
    // A draw belongs to (device, pulse): the spikes of neuron 3 do not depend on what the others receive.
    ModelChoice<ColumnNeuronModel> model{"mtj_stochastic"};
    std::vector<std::vector<std::uint64_t>> fired;
    for (const double others : {0.0, 60e-6}) {
        const auto array = model->make_array(5, 5, "mtj");
        std::vector<TimedSpike> spikes;
        std::vector<std::uint64_t> times;
        for (int k = 0; k < 200; ++k) {
            array->drive(k * 20e-9, DrivePhase::pulse, std::vector{others, others, others, 20e-6, others}, spikes);
            array->drive(k * 20e-9 + 5e-9, DrivePhase::rest, std::vector<double>(5, 0.0), spikes);
        }
        for (const TimedSpike& spike : spikes)
            if (spike.neuron == 3) times.push_back(static_cast<std::uint64_t>(std::llround(spike.time * 1e12)));
        fired.push_back(times);
    }
    EXPECT_GT(fired[0].size(), 10U);
    EXPECT_EQ(fired[0], fired[1]);
}

TEST(MtjNeuron, pays_for_writing_every_pulse_and_for_resetting_only_after_a_spike) {
    const MtjParams junction;
    const double quiet = junction.pulse_energy(0.6, false);
    EXPECT_NEAR(quiet,
                std::pow(30e-6, 2) * junction.resistance(-1.0, 0.15) * 5e-9 + 0.01 / junction.resistance(-1.0, 0.1) * 1e-9,
                1e-20);
    EXPECT_GT(junction.pulse_energy(0.6, true), quiet + std::pow(100e-6, 2) * 5e3 * 5e-9 * 0.99);
    EXPECT_NEAR(junction.resistance(1.0, 0.3), 5e3, 1e-9);
    EXPECT_NEAR(junction.resistance(-1.0, 0.0), 5e3 * 2.2, 1e-9);
    EXPECT_NEAR(junction.resistance(-1.0, 0.5), 5e3 * 1.6, 1e-9);
}

TEST(MtjNeuron, switches_more_easily_when_hot) {
    const std::map<std::string, double> cold{{"temperature", 300.0}};
    const std::map<std::string, double> hot{{"temperature", 400.0}};
    EXPECT_GT(firing_rate("mtj_stochastic", hot, 12e-6, 4000), firing_rate("mtj_stochastic", cold, 12e-6, 4000) + 0.01);
}

}  // namespace
}  // namespace spikefab
