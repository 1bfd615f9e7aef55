// SPDX-License-Identifier: Apache-2.0
// Trees of Loihi compartments, step by step by hand: every join, everything that may be passed, and when a tree sleeps.
#include "digital/one_neuron.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

using Payloads = std::vector<std::int32_t>;
using Compartments = FewNeurons<std::int32_t>;

enum Join { add, max, min, pass, block, bit_or, bit_and };
enum Passes { nothing, current, voltage, voltage_above_threshold, spike };
enum AtThreshold { spike_and_reset, spike_and_keep, silent };

const std::vector<std::string> columns{"current_decay", "voltage_decay", "threshold",   "takes",
                                       "join",          "passes",        "at_threshold"};

/// Without memory: u and v are those of the step, in units of a weight.
std::vector<double> forgetful(double threshold, double takes, Join join, Passes passes, AtThreshold mode = spike_and_reset) {
    return {4095, 4096, threshold, takes, static_cast<double>(join), static_cast<double>(passes), static_cast<double>(mode)};
}

/// What a silent root integrates when two leaves pass it their currents.
double joined(Join join, std::int32_t a, std::int32_t b, std::int32_t own) {
    Compartments tree{
        "loihi_dendrites",
        columns,
        {forgetful(131071, 0, add, current), forgetful(131071, 0, add, current), forgetful(131071, 2, join, nothing)}};
    static_cast<void>(tree.step({a, b, own}));
    return tree.state("potential", 2) / 64.0;
}

TEST(Dendrites, join_two_compartments_with_the_root_s_own_current) {
    EXPECT_EQ(joined(add, 3, 4, 5), 12);
    EXPECT_EQ(joined(max, 3, 9, 5), 9);
    EXPECT_EQ(joined(max, -3, -9, -5), -3);
    EXPECT_EQ(joined(min, 3, 9, 5), 3);
    EXPECT_EQ(joined(pass, 3, 9, 5), 14);  // A opens: u + B
    EXPECT_EQ(joined(pass, 0, 9, 5), 0);
    EXPECT_EQ(joined(block, 3, 9, 5), 0);
    EXPECT_EQ(joined(block, 0, 9, 5), 14);
    EXPECT_EQ(joined(bit_or, 1, 2, 4), 7);
    EXPECT_EQ(joined(bit_and, 7, 6, 12), 4);
}

/// The same for one leaf.
double joined_with_one(Join join, std::int32_t a, std::int32_t own) {
    Compartments tree{"loihi_dendrites", columns, {forgetful(131071, 0, add, current), forgetful(131071, 1, join, nothing)}};
    static_cast<void>(tree.step({a, own}));
    return tree.state("potential", 1) / 64.0;
}

TEST(Dendrites, join_one_compartment_with_the_root_s_own_current) {
    EXPECT_EQ(joined_with_one(add, 3, 5), 8);
    EXPECT_EQ(joined_with_one(max, 3, 5), 5);
    EXPECT_EQ(joined_with_one(min, 3, 5), 3);
    EXPECT_EQ(joined_with_one(pass, 3, 5), 5);
    EXPECT_EQ(joined_with_one(pass, 0, 5), 0);
    EXPECT_EQ(joined_with_one(block, 3, 5), 0);
    EXPECT_EQ(joined_with_one(block, 0, 5), 5);
    EXPECT_EQ(joined_with_one(bit_or, 3, 4), 7);
    EXPECT_EQ(joined_with_one(bit_and, 6, 12), 4);
}

/// What a leaf with threshold 10 passes for an input, in units of a weight.
double passed(Passes passes, std::int32_t input, AtThreshold mode = spike_and_reset) {
    Compartments tree{"loihi_dendrites", columns, {forgetful(10, 0, add, passes, mode), forgetful(131071, 1, add, nothing)}};
    static_cast<void>(tree.step({input, 0}));
    return tree.state("potential", 1) / 64.0;
}

TEST(Dendrites, pass_on_current_voltage_or_spike) {
    EXPECT_EQ(passed(current, 7), 7);
    EXPECT_EQ(passed(voltage, 7), 7);
    EXPECT_EQ(passed(voltage, 11), 11);  // before the reset
    EXPECT_EQ(passed(voltage_above_threshold, 10), 0);
    EXPECT_EQ(passed(voltage_above_threshold, 11, silent), 11);
    EXPECT_EQ(passed(spike, 10), 0);
    EXPECT_EQ(passed(spike, 11), 1);
}

TEST(Dendrites, pass_what_they_integrate_after_their_own_join) {
    // leaf -> middle (adds, passes current) -> root (adds)
    Compartments tree{
        "loihi_dendrites",
        columns,
        {forgetful(131071, 0, add, current), forgetful(131071, 1, add, current), forgetful(131071, 1, add, nothing)}};
    static_cast<void>(tree.step({1, 10, 100}));
    EXPECT_EQ(tree.state("potential", 1), 11 * 64);
    EXPECT_EQ(tree.state("potential", 2), 111 * 64);
}

TEST(Dendrites, take_the_first_passed_value_as_the_gate) {
    // leaves 0 and 1 and a root that passes B through gate A: 0 is A, 1 is B.
    EXPECT_EQ(joined(pass, 1, 0, 5), 5);
    EXPECT_EQ(joined(pass, 0, 1, 5), 0);
}

TEST(Dendrites, keep_v_or_stay_silent_at_the_threshold) {
    const auto integrator = [](AtThreshold mode) -> std::vector<double> {
        return {4095, 0, 10, 0, 0, 0, static_cast<double>(mode)};
    };
    Compartments three{
        "loihi_dendrites", columns, {integrator(spike_and_reset), integrator(spike_and_keep), integrator(silent)}};
    EXPECT_EQ(three.step({11, 11, 11}), (Payloads{1, 1, 0}));
    EXPECT_EQ(three.state("potential", 0), 0);
    EXPECT_EQ(three.state("potential", 1), 11 * 64);
    EXPECT_EQ(three.state("potential", 2), 11 * 64);
    EXPECT_EQ(three.step({0, 0, 0}), (Payloads{0, 1, 0}));
}

TEST(Dendrites, gate_the_soma_in_the_same_step) {
    const std::vector<double> soma{4095, 0, 10, 1, pass, nothing, spike_and_reset};
    Compartments neuron{"loihi_dendrites", columns, {forgetful(0, 0, add, spike), soma}};
    EXPECT_EQ(neuron.step({0, 8}), (Payloads{0, 0}));
    EXPECT_EQ(neuron.state("potential", 1), 0);  // the current came, but the gate was closed
    EXPECT_EQ(neuron.step({1, 8}), (Payloads{1, 0}));
    EXPECT_EQ(neuron.step({1, 8}), (Payloads{1, 1}));
}

TEST(Dendrites, of_one_neuron_do_not_reach_the_next) {
    Compartments two{
        "loihi_dendrites",
        columns,
        {forgetful(131071, 0, add, current), forgetful(131071, 1, add, nothing), forgetful(131071, 1, add, nothing)}};
    static_cast<void>(two.step({5, 1, 2}));
    EXPECT_EQ(two.state("potential", 1), 6 * 64);
    EXPECT_EQ(two.state("potential", 2), 2 * 64);  // nothing was left to take
}

TEST(Dendrites, sleep_once_nothing_changes_and_wake_for_input_to_any_compartment) {
    const std::vector<double> leaf{2048, 2048, 131071, 0, add, voltage, spike_and_reset};
    const std::vector<double> root{2048, 2048, 1, 1, add, nothing, spike_and_reset};
    Compartments neuron{"loihi_dendrites", columns, {leaf, root}};
    static_cast<void>(neuron.step({0, 0}));
    EXPECT_FALSE(neuron.awake());
    EXPECT_EQ(neuron.step({1, 0}), (Payloads{0, 0}));
    EXPECT_TRUE(neuron.awake());
    int spikes = 0;
    int steps = 0;
    for (; neuron.awake() && steps < 100; ++steps) spikes += neuron.step({0, 0})[1];
    EXPECT_EQ(spikes, 1) << "the leaf's voltage went on into the root without further input";
    EXPECT_LT(steps, 40);
}

TEST(Dendrites, behave_as_loihi_cuba_when_nobody_passes_anything) {
    const std::vector<std::string> shared{"current_decay", "voltage_decay", "threshold", "refractory", "bias_mantissa"};
    const std::vector<std::vector<double>> rows{{300, 200, 90, 1, 0}, {4095, 0, 40, 3, 100}, {0, 4096, 300, 2, -70}};
    Compartments trees{"loihi_dendrites", shared, rows};
    Compartments plain{"loihi_cuba", shared, rows};
    Rng rng{4, "dendrites"};
    int spikes = 0;
    for (int step = 0; step < 500; ++step) {
        std::vector<std::int32_t> input;
        for (int i = 0; i < 3; ++i) input.push_back(rng.uniform() < 0.4 ? static_cast<std::int32_t>(rng.below(160)) - 40 : 0);
        const Payloads fired = trees.step(input);
        ASSERT_EQ(fired, plain.step(input));
        for (std::size_t i = 0; i < 3; ++i) {
            ASSERT_EQ(trees.state("current", i), plain.state("current", i));
            ASSERT_EQ(trees.state("potential", i), plain.state("potential", i));
            spikes += fired[i];
        }
    }
    EXPECT_GT(spikes, 20);
}

}  // namespace
}  // namespace spikefab
