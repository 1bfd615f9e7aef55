// SPDX-License-Identifier: Apache-2.0
// Plastic synapses in a core, sums that are rounded, and delays of synapses: each worked out by hand.
#include "core/learner.hpp"
#include "base/partial_visitor.hpp"
#include "core/core_function.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

/// Neurons that replace u, keep v, and fire above `threshold`.
NeuronParameters neurons(std::size_t count, double threshold) {
    return {.columns = {"current_decay", "threshold"},
            .rows = {{4095.0, threshold}},
            .row_of_neuron = std::vector<std::uint16_t>(count, 0)};
}

/// Axons with one synapse each onto neuron 0, all in one group.
CoreImage one_group(const std::vector<float>& weights, std::int32_t exponent, std::optional<LearningParameters> rule,
                    double threshold = 100.0) {
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons = neurons(1, threshold);
    WeightLists lists;
    lists.offsets = {0};
    AxonGroup group{.projection = "all", .first_axon = 0, .sources = {}, .exponent = exponent, .rule = std::move(rule)};
    for (const float weight : weights) {
        group.sources.push_back(static_cast<std::uint32_t>(group.sources.size()));
        lists.targets.push_back(0);
        lists.weights.push_back(weight);
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
    }
    lists.groups = {group};
    image.synapses = lists;
    return image;
}

std::unique_ptr<CoreFunction> function_of(const CoreImage& image) {
    return make_core_function(image, *ModelChoice<NeuronModel>{"loihi_cuba"}, {.longest_axon_delay = 4});
}

std::int64_t potential(CoreFunction& function, std::uint64_t step) {
    class Reader final : public PartialVisitor {
    public:
        void integer(const FieldInfo& info, std::int64_t& value) override {
            if (info.key == "potential") potential = value;
        }
        std::int64_t potential = 0;
    } reader;
    function.visit_state(0, step, reader);
    return reader.potential;
}

LearningParameters pair_rule() {
    LearningParameters rule;
    rule.dw = "2^-3*x1*y0 - 2^-3*y1*x0";
    rule.x1_impulse = rule.y1_impulse = 64.0;
    rule.x1_tau = rule.y1_tau = 1e6;
    return rule;
}

// 3 + 2 = 5, and 5 / 2 rounds down to 2; the weights alone would give 1 + 1. A potential unit is 64.
TEST(RoundedSums, round_the_sum_and_not_the_weights) {
    const CoreImage image = one_group({3.0F, 2.0F}, -1, std::nullopt);
    const auto function = function_of(image);
    static_cast<void>(function->receive(0, 1, 1));
    static_cast<void>(function->receive(1, 1, 1));
    static_cast<void>(function->run(1));
    EXPECT_EQ(potential(*function, 1), 2 * 64);
    // -3 / 2 rounds down to -2.
    const CoreImage negative = one_group({-3.0F}, -1, std::nullopt);
    const auto other = function_of(negative);
    static_cast<void>(other->receive(0, 1, 1));
    static_cast<void>(other->run(1));
    EXPECT_EQ(potential(*other, 1), -2 * 64);
}

// With delays each pair of (step, delay) is a sum of its own (lava's DelayDense): 1 of step 1 with delay 1, and 1 of step 2
// with delay 0, both act in step 2, and each half rounds down to 0.
TEST(RoundedSums, are_rounded_for_each_delay_apart) {
    CoreImage image = one_group({1.0F, 1.0F}, -1, std::nullopt);
    std::get<WeightLists>(image.synapses).delays = {1, 0};
    const auto function = function_of(image);
    static_cast<void>(function->receive(0, 1, 1));
    static_cast<void>(function->run(1));
    static_cast<void>(function->receive(1, 1, 2));
    static_cast<void>(function->run(2));
    EXPECT_EQ(potential(*function, 2), 0);
    static_cast<void>(function->receive(0, 1, 3));
    static_cast<void>(function->receive(0, 1, 3));
    static_cast<void>(function->run(3));
    static_cast<void>(function->run(4));
    EXPECT_EQ(potential(*function, 4), 64) << "two in the same step and delay are one sum";
}

TEST(SynapticDelays, keep_the_core_awake_until_their_input_has_acted) {
    CoreImage image;
    image.neurons = neurons(1, 10.0);
    WeightLists lists;
    lists.offsets = {0, 1};
    lists.targets = {0};
    lists.weights = {11.0F};
    lists.delays = {62};
    image.synapses = lists;
    const auto function = function_of(image);
    static_cast<void>(function->receive(0, 1, 1));
    for (std::uint64_t step = 1; step <= 62; ++step) {
        static_cast<void>(function->run(step));
        EXPECT_TRUE(function->spikes().empty());
        EXPECT_TRUE(function->awake()) << "step " << step;
    }
    static_cast<void>(function->run(63));
    EXPECT_EQ(function->spikes().size(), 1U);
    static_cast<void>(function->run(64));  // u of the spike's step is gone
    EXPECT_FALSE(function->awake());
}

// The input is told in step 1, the neuron fires in step 2: x1 = 64 gains 2^-3 * 64 = 8 of weight, then acts in the next spike.
TEST(Learner, strengthens_the_synapse_that_made_the_neuron_fire_and_the_next_spike_carries_it) {
    const CoreImage image = one_group({101.0F, 5.0F}, 0, pair_rule());
    const auto function = function_of(image);
    Learner& learner = *function->learner();
    learner.source_spike(0, 1);
    static_cast<void>(function->receive(0, 1, 2));
    EXPECT_EQ(learner.end_step(1).changed, 0U);
    static_cast<void>(function->run(2));
    ASSERT_EQ(function->spikes().size(), 1U);
    const LearningWork work = learner.end_step(2);
    EXPECT_EQ(work.synapses, 1U) << "the other source has no trace";
    EXPECT_EQ(work.changed, 1U);
    EXPECT_EQ(work.words_read, 1U);
    EXPECT_EQ(work.words_written, 1U);
    const std::span<const SynapseGroup> groups = function->groups();
    EXPECT_EQ(groups[0].weights, (std::vector<std::int16_t>{109, 5}));
    static_cast<void>(function->receive(0, 1, 3));
    static_cast<void>(function->run(3));
    static_cast<void>(function->receive(1, 1, 4));
    static_cast<void>(function->run(4));
    EXPECT_EQ(potential(*function, 4), 5 * 64);
}

TEST(Learner, that_is_off_leaves_weights_alone_and_forgets_its_traces) {
    const CoreImage image = one_group({101.0F}, 0, pair_rule());
    const auto function = function_of(image);
    Learner& learner = *function->learner();
    learner.source_spike(0, 1);
    EXPECT_EQ(learner.end_step(1).traces, 1U);
    EXPECT_EQ(learner.engine(0)->source_trace(0, 0), 64);
    learner.enable(false);
    static_cast<void>(function->receive(0, 1, 2));
    learner.source_spike(0, 1);
    static_cast<void>(function->run(2));
    EXPECT_EQ(function->spikes().size(), 1U);
    EXPECT_EQ(learner.end_step(2).synapses, 0U);
    EXPECT_EQ(learner.engine(0)->source_trace(0, 0), 0);
    EXPECT_EQ(function->groups()[0].weights[0], 101);
}

TEST(Learner, changes_delays_which_then_delay_spikes) {
    LearningParameters rule;
    rule.dd = "2^1*x0*(d+1)";  // without a delay 9 + 4 bits and a scale of 2^1: 2 * 1, so delays grow by 2
    const CoreImage image = one_group({101.0F}, 0, rule);
    const auto function = function_of(image);
    Learner& learner = *function->learner();
    learner.source_spike(0, 1);
    EXPECT_EQ(learner.end_step(1).changed, 1U);
    ASSERT_EQ(function->groups()[0].delays[0], 2);
    static_cast<void>(function->receive(0, 1, 2));
    for (const std::uint64_t step : {2U, 3U}) {
        static_cast<void>(function->run(step));
        EXPECT_TRUE(function->spikes().empty());
    }
    static_cast<void>(function->run(4));
    EXPECT_EQ(function->spikes().size(), 1U);
}

TEST(Learner, of_another_seed_rounds_differently_and_of_the_same_alike) {
    LearningParameters rule = pair_rule();
    rule.dw = "2^-7*x0*(y1+37)";  // a fraction of a weight's step
    std::vector<std::vector<std::int16_t>> outcomes;
    for (const std::uint64_t key : {1U, 1U, 2U}) {
        const CoreImage image = one_group(std::vector<float>(1, 0.0F), 0, rule);
        const auto function = function_of(image);
        function->learner()->draw_from(std::make_unique<PhiloxLearningDraws>(key));
        std::vector<std::int16_t>& weights = outcomes.emplace_back();
        for (std::uint64_t step = 1; step <= 64; ++step) {
            function->learner()->source_spike(0, step);
            static_cast<void>(function->learner()->end_step(step));
            weights.push_back(function->groups()[0].weights[0]);
        }
    }
    EXPECT_EQ(outcomes[0], outcomes[1]);
    EXPECT_NE(outcomes[0], outcomes[2]);
    EXPECT_NEAR(outcomes[0].back(), 64.0 * 37.0 / 128.0, 4.0 * std::sqrt(64.0 * 0.25)) << "the mean is kept, within 4 sigma";
}

}  // namespace
}  // namespace spikefab
