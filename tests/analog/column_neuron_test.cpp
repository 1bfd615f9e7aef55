// SPDX-License-Identifier: Apache-2.0
// Analog neurons against closed forms, and what every one must obey.
#include "models/column/column_neuron.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "models/column/spike_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

[[nodiscard]] std::unique_ptr<ColumnNeuronArray> neurons(std::string_view name, std::size_t count,
                                                         const std::map<std::string, double>& si_values,
                                                         std::uint64_t seed = 1) {
    ModelChoice<ColumnNeuronModel> model{name};
    set_fields(*model.operator->(), si_values);
    return model->make_array(count, seed, "core.0.neurons");
}

TEST(RcLif, does_not_fire_below_its_rheobase_and_is_held_for_its_refractory_time) {
    const std::map<std::string, double> values{{"t_ref", 300e-9}};
    EXPECT_TRUE(spike_times(*neurons("rc_lif", 1, values), 0.5e-6, 1.0).empty());
    const auto times = spike_times(*neurons("rc_lif", 1, values), 1e-6, 5e-6);
    ASSERT_GE(times.size(), 2U);
    EXPECT_NEAR(times[1] - times[0], 1e-6 * std::log(2.0) + 300e-9, 1e-18);
}

TEST(RcLif, gives_the_same_spikes_however_time_is_cut) {
    auto whole = neurons("rc_lif", 3, {{"t_ref", 50e-9}, {"r_reset", 1e4}, {"v_reset", 0.1}, {"v_th_sigma", 0.1}});
    auto pieces = neurons("rc_lif", 3, {{"t_ref", 50e-9}, {"r_reset", 1e4}, {"v_reset", 0.1}, {"v_th_sigma", 0.1}});
    std::vector<TimedSpike> expected;
    std::vector<TimedSpike> actual;
    Rng rng{4, "currents"};
    for (int slot = 0; slot < 50; ++slot) {
        const double time = slot * 100e-9;
        const std::vector<double> current{2e-6 * rng.uniform(), 3e-6 * rng.uniform(), 1e-6};
        whole->drive(time, DrivePhase::pulse, current, expected);
        pieces->drive(time, DrivePhase::pulse, current, actual);
        for (int cut = 1; cut < 7; ++cut) {
            pieces->advance(time + cut * 13e-9, actual);
            if (cut % 3 == 0) pieces->drive(time + cut * 13e-9, DrivePhase::pulse, current, actual);
        }
    }
    whole->advance(5e-6, expected);
    pieces->advance(5e-6, actual);
    ASSERT_GT(expected.size(), 20U);
    EXPECT_EQ(actual, expected);
}

TEST(RcLif, differs_between_instances_and_not_between_runs) {
    const std::map<std::string, double> values{{"v_th_sigma", 0.05}, {"r_leak_sigma", 0.1}};
    std::vector<TimedSpike> first;
    std::vector<TimedSpike> again;
    std::vector<TimedSpike> other;
    const std::vector<double> current(20, 1e-6);
    for (auto [seed, spikes] : {std::pair{1U, &first}, std::pair{1U, &again}, std::pair{2U, &other}}) {
        auto array = neurons("rc_lif", 20, values, seed);
        array->drive(0.0, DrivePhase::pulse, current, *spikes);
        array->advance(2e-6, *spikes);
    }
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
    EXPECT_NE(first[0].time, first[1].time);
}

TEST(RcLif, whose_reset_is_not_below_its_threshold_is_refused) {
    EXPECT_THROW((void)neurons("rc_lif", 1, {{"v_reset", 0.5}}), InputError);
    EXPECT_THROW((void)neurons("dpi", 1, {{"i_0", 1e-6}}), InputError);
}

TEST(RcLif, that_would_fire_without_end_is_refused) {
    const auto array = ModelChoice<ColumnNeuronModel> {
        "rc_lif"
        } -> make_array(1, 1, "test");
    std::vector<TimedSpike> spikes;
    array->drive(0.0, DrivePhase::pulse, std::vector{1e10}, spikes);
    EXPECT_THROW(array->advance(1.0, spikes), InputError);
}

TEST(RcLif, counts_the_energy_of_spikes_and_of_its_bias) {
    auto array = neurons("rc_lif", 2, {{"e_spike", 3e-12}, {"p_static", 1e-6}});
    std::vector<TimedSpike> spikes;
    array->drive(0.0, DrivePhase::pulse, std::vector{1e-6, 0.0}, spikes);
    array->advance(2e-6, spikes);
    ASSERT_EQ(spikes.size(), 2U);
    EXPECT_NEAR(array->energy(), 2 * 3e-12 + 2 * 1e-6 * 2e-6, 1e-20);
}

TEST(Dpi, predicts_the_spike_of_a_decaying_synapse_or_that_there_is_none) {
    std::vector<TimedSpike> spikes;
    for (const auto& [weight, fires] : {std::pair{2e-6, true}, std::pair{1e-10, false}}) {
        spikes.clear();
        auto array = neurons("dpi", 1, {});
        array->drive(0.0, DrivePhase::pulse, std::vector{weight}, spikes);
        array->drive(10e-6, DrivePhase::pulse, std::vector{0.0}, spikes);
        EXPECT_EQ(array->next_spike() < never, fires);
        const double predicted = array->next_spike();
        array->advance(0.5, spikes);
        EXPECT_EQ(!spikes.empty(), fires);
        if (fires) {
            EXPECT_EQ(spikes[0].time, predicted);
        }
    }
}

}  // namespace
}  // namespace spikefab
