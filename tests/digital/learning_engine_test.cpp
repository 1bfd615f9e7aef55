// SPDX-License-Identifier: Apache-2.0
// The learning engine beyond the golden vectors: hand-worked pairs, rewards, traces from outside, statistics of rounding.
#include "models/plasticity/learning_engine.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

/// One synapse from source 0 to target 0.
struct OneSynapse {
    std::vector<std::uint32_t> target{0};
    std::vector<std::int16_t> weight{0}, delay{0}, tag{0};
    [[nodiscard]] PlasticSynapses view() { return {.target = target, .weight = weight, .delay = delay, .tag = tag}; }
};

/// Draws that never round up.
constexpr EpochDraws rounds_down{
    .source_decay = 1.0, .source_impulse = 127, .target_decay = 1.0, .target_impulse = 127, .synapse_rounding = 1.0};

[[nodiscard]] LearningParameters pair_stdp() {
    LearningParameters parameters;
    parameters.dw = "x1*y0 - y1*x0";
    parameters.x1_impulse = parameters.y1_impulse = 16.0;
    parameters.x1_tau = parameters.y1_tau = 10.0;
    return parameters;
}

/// Weight after a source spike in step 1 and a target spike in step 1 + `gap` (or the other way round when negative).
[[nodiscard]] std::int16_t weight_after_pair(int gap) {
    LearningEngine engine{pair_stdp(), 1, 1};
    OneSynapse synapse;
    for (int step = 1; step <= 6; ++step) {
        const auto now = static_cast<std::uint64_t>(step);
        if (step == (gap >= 0 ? 1 : 1 - gap)) engine.source_spike(0, now);
        if (step == (gap >= 0 ? 1 + gap : 1)) engine.target_spike(0, now, 127);
        engine.end_epoch(now, rounds_down);
        engine.update(0, synapse.view());
        engine.begin_epoch();
    }
    return synapse.weight[0];
}

// Hand-worked: a trace of 16 keeps floor(x * exp(-1/10)) a step: 16, 14, 12, 10. The product of a 7-bit trace and a scale
// of 2^0 (exponent 7) on an accumulator with 7 fraction bits changes the weight by the trace's value.
TEST(LearningEngine, strengthens_a_source_that_spiked_before_the_target_by_its_trace) {
    EXPECT_EQ(weight_after_pair(1), 14);
    EXPECT_EQ(weight_after_pair(3), 10);
}

TEST(LearningEngine, weakens_a_source_that_spiked_after_the_target) {
    EXPECT_EQ(weight_after_pair(-1), -14);
    EXPECT_EQ(weight_after_pair(-3), -10);
}

TEST(LearningEngine, triplet_rule_needs_an_earlier_target_spike) {
    LearningParameters parameters;  // Pfister & Gerstner 2006: potentiation ~ x1 * y2 (before this spike)
    parameters.dw = "2^-4*y0*x1*y2";
    parameters.x1_impulse = 64.0;
    parameters.y2_impulse = 32.0;
    parameters.x1_tau = parameters.y2_tau = 1e6;
    LearningEngine engine{parameters, 1, 1};
    OneSynapse synapse;
    std::vector<std::int16_t> weights;
    for (std::uint64_t step = 1; step <= 2; ++step) {
        engine.source_spike(0, step);
        engine.target_spike(0, step, 127);
        engine.end_epoch(step, rounds_down);
        engine.update(0, synapse.view());
        engine.begin_epoch();
        weights.push_back(synapse.weight[0]);
    }
    // 64 * 32 = 2^11 is shifted by 7 + 7 + 4 - 15 = 3 bits and left by 3: 2048 in 128ths = 16.
    EXPECT_EQ(weights[0], 16);
    EXPECT_GT(weights[1] - weights[0], weights[0]) << "both traces have grown";
}

TEST(LearningEngine, a_reward_turns_a_tag_into_weight_and_without_it_nothing_changes) {
    LearningParameters parameters = pair_stdp();
    parameters.dw = "u0*r1*t";
    parameters.dt = "x1*y0";
    parameters.r1_tau = 1e6;
    for (const bool rewarded : {false, true}) {
        LearningEngine engine{parameters, 1, 1};
        OneSynapse synapse;
        for (std::uint64_t step = 1; step <= 3; ++step) {
            if (step == 1) engine.source_spike(0, step);
            if (step == 1) engine.target_spike(0, step, 127);
            if (step == 3 && rewarded) engine.reward(8, step);
            engine.end_epoch(step, rounds_down);
            engine.update(0, synapse.view());
            engine.begin_epoch();
        }
        EXPECT_EQ(synapse.tag[0], 16);
        // 8 * 16 = 128, shifted by 7 + 9 + 4 - 15 = 5 bits and left by 7: 512 in 128ths.
        EXPECT_EQ(synapse.weight[0], rewarded ? 4 : 0);
    }
}

TEST(LearningEngine, target_traces_from_outside_hold_what_modulating_neurons_set) {
    LearningParameters parameters;
    parameters.dw = "x0*y2";
    parameters.target_traces_from_outside = true;
    LearningEngine engine{parameters, 1, 2};
    OneSynapse synapse;
    synapse.target[0] = 1;
    engine.set_target_trace(1, 1, 50);
    engine.source_spike(0, 1);
    engine.end_epoch(1, rounds_down);
    engine.update(0, synapse.view());
    EXPECT_EQ(synapse.weight[0], 50);
    EXPECT_EQ(engine.target_trace(1, 1), 50);
}

TEST(LearningEngine, weights_stay_in_the_range_of_their_sign) {
    for (const SignMode sign : {SignMode::mixed, SignMode::excitatory, SignMode::inhibitory}) {
        for (const char* rule : {"2^8*x0*y1", "-2^8*x0*y1"}) {
            LearningParameters parameters = pair_stdp();
            parameters.dw = rule;
            parameters.sign = sign;
            LearningEngine engine{parameters, 1, 1};
            OneSynapse synapse;
            for (std::uint64_t step = 1; step <= 50; ++step) {
                engine.source_spike(0, step);
                engine.target_spike(0, step, 127);
                engine.end_epoch(step, rounds_down);
                engine.update(0, synapse.view());
                engine.begin_epoch();
            }
            const WeightRange range = weight_range(sign);
            EXPECT_EQ(synapse.weight[0], rule[0] == '-' ? range.lower : range.upper);
        }
    }
}

TEST(LearningEngine, visits_only_synapses_that_a_spike_or_an_epoch_rule_reaches) {
    LearningEngine engine{pair_stdp(), 3, 4};
    std::vector<std::uint32_t> target{0, 1, 2, 3};
    std::vector<std::int16_t> weight(4, 10);
    const PlasticSynapses synapses{.target = target, .weight = weight, .delay = {}, .tag = {}};
    engine.source_spike(1, 1);
    engine.end_epoch(1, rounds_down);
    engine.begin_epoch();
    engine.source_spike(0, 2);
    engine.target_spike(2, 2, 127);
    engine.end_epoch(2, rounds_down);
    EXPECT_EQ(engine.update(0, synapses).visited, 4U) << "it fired: all its targets";
    EXPECT_EQ(engine.update(1, synapses).visited, 1U) << "its trace is left: the target that fired";
    EXPECT_EQ(engine.update(2, synapses).visited, 0U) << "it never fired, so every product is 0";
    engine.begin_epoch();
    engine.end_epoch(3, rounds_down);
    EXPECT_EQ(engine.update(0, synapses).visited, 0U);
}

TEST(LearningEngine, stochastic_rounding_of_a_decay_is_unbiased_within_four_sigma) {
    LearningParameters parameters;
    parameters.x1_impulse = 100.0;
    parameters.x1_tau = 20.0;
    parameters.dw = "x0*x1";
    constexpr int runs = 20000;
    double sum = 0.0;
    for (int run = 0; run < runs; ++run) {
        Rng rng{11, "decay", static_cast<std::uint32_t>(run)};
        LearningEngine engine{parameters, 1, 1};
        engine.source_spike(0, 1);
        engine.end_epoch(1, EpochDraws::from(rng));
        engine.begin_epoch();
        engine.end_epoch(2, EpochDraws::from(rng));
        sum += engine.source_trace(0, 0);
    }
    const double expected = 100.0 * std::exp(-1.0 / 20.0);
    const double fraction = expected - std::floor(expected);
    EXPECT_NEAR(sum / runs, expected, 4.0 * std::sqrt(fraction * (1.0 - fraction) / runs));
}

}  // namespace
}  // namespace spikefab
