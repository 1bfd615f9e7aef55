// SPDX-License-Identifier: Apache-2.0
// Learning on a whole chip: how long it prolongs a step, what is counted, rewards over the network.
#include "base/error.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing_support::InputSpikes;
using testing_support::SpikeKeeper;

/// Input neurons 0 to 3 onto `targets` neurons, all to all, weight 101 against a threshold of 100; learning by `rule`.
LoweredNetwork plastic_network(std::uint32_t targets, const LearningParameters& rule) {
    LoweredNetwork network;
    network.name = "plastic";
    network.populations.push_back({.name = "input", .shape = {4}, .size = 4, .is_input = true, .parameters = {}});
    LoweredPopulation layer{.name = "layer", .shape = {targets}, .size = targets, .parameters = {}};
    layer.parameters.columns = {"current_decay", "threshold"};
    layer.parameters.rows = {{4095.0, 100.0}};
    layer.parameters.row_of_neuron.assign(targets, 0);
    network.populations.push_back(layer);
    LoweredProjection projection{.name = "all", .source = PopulationId{0U}, .target = PopulationId{1U}};
    projection.weights.rows = targets;
    projection.weights.columns = 4;
    for (std::uint32_t row = 0; row < targets; ++row) {
        for (std::uint32_t column = 0; column < 4; ++column) projection.weights.sources.push_back(column);
        projection.weights.values.insert(projection.weights.values.end(), 4, 101.0F);
        projection.weights.offsets.push_back(projection.weights.entries());
    }
    projection.learning = rule;
    network.projections.push_back(projection);
    network.outputs = {PopulationId{1U}};
    return network;
}

/// Spikes by step, a reward in one step, learning up to a step.
class Lesson final : public InputSource {
public:
    Lesson(InputSpikes spikes, std::uint64_t rewarded, std::uint64_t until = 1000)
        : spikes_{std::move(spikes)}, rewarded_{rewarded}, until_{until} {}
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override { return spikes_.at(step - 1); }
    [[nodiscard]] bool resets_before(std::uint64_t /*step*/) override { return false; }
    [[nodiscard]] bool learns(std::uint64_t step) override { return step <= until_; }
    [[nodiscard]] std::int32_t reward(std::uint64_t step) override { return step == rewarded_ ? 8 : 0; }

private:
    InputSpikes spikes_;
    std::uint64_t rewarded_;
    std::uint64_t until_;
};

LearningParameters rewarded_rule() {
    LearningParameters rule;
    rule.dw = "2^-3*y0*x1*r0";
    rule.x1_impulse = 64.0;
    rule.x1_tau = 1e6;
    return rule;
}

struct Outcome {
    std::vector<StepEvent> steps;
    std::vector<LearnedProjection> learned;
    std::size_t answers;
};

Outcome run(Lesson lesson, std::size_t steps, const std::vector<std::string>& assignments = {}) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml", assignments);
    const Placement placement = place(plastic_network(3, rewarded_rule()), plan);
    SpikeKeeper keeper{steps, 2};
    Chip chip{plan, placement, lesson, keeper, 1};
    chip.run(steps);
    return {keeper.steps, chip.learned(), keeper.answers.size()};
}

const InputSpikes one_spike{{2}, {}, {}, {}};

TEST(LearningChip, prolongs_the_step_by_the_time_of_its_synapses) {
    const Outcome with = run(Lesson{one_spike, 2}, 3, {"cores.neuro.learning.per_synapse=100ns"});
    // Source 2 spiked in step 1, the three neurons fire in step 2 with a reward: three synapses.
    EXPECT_EQ(with.steps[0].learning, 0);
    EXPECT_EQ(with.steps[1].learning, 3 * 100'000);
    EXPECT_EQ(with.steps[1].activity[Activity::learning_update], 3U);
    EXPECT_EQ(with.steps[1].activity[Activity::synapse_change], 3U);
    EXPECT_EQ(with.steps[1].activity[Activity::reward], 1U);
    EXPECT_EQ(with.steps[2].learning, 0);
}

TEST(LearningChip, ends_the_step_that_much_later) {
    const Outcome with = run(Lesson{one_spike, 2}, 3, {"cores.neuro.learning.per_synapse=100ns"});
    EXPECT_EQ(with.steps[1].end - with.steps[1].busy_until, 600'000) << "the barrier comes after learning";
    EXPECT_EQ(with.steps[2].start, with.steps[1].end);
    EXPECT_GT(with.steps[1].busy_until - with.steps[1].start, 3 * 100'000);
}

TEST(LearningChip, counts_rewards_at_the_edge_as_all_that_the_host_sends) {
    const Outcome outcome = run(Lesson{one_spike, 2}, 3);
    std::uint64_t crossings = 0;
    std::uint64_t from_host = 0;
    for (const StepEvent& step : outcome.steps) {
        crossings += step.activity[Activity::chip_edge_crossing];
        from_host += step.packets - step.activity[Activity::packet_sent];
    }
    EXPECT_EQ(from_host, 2U) << "a spike and a reward, for one core";
    EXPECT_GT(outcome.answers, 0U);
    EXPECT_EQ(crossings, from_host + outcome.answers);
}

TEST(LearningChip, learns_what_a_reward_confirms) {
    const std::vector<LearnedProjection> learned = run(Lesson{one_spike, 2}, 3).learned;
    ASSERT_EQ(learned.size(), 1U);
    EXPECT_EQ(learned[0].name, "all");
    EXPECT_EQ(learned[0].sources, (std::vector<std::uint32_t>{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}));
    // 2^-3 * 64 = 8.
    EXPECT_EQ(learned[0].weights, (std::vector<std::int16_t>{101, 101, 101, 101, 101, 101, 109, 109, 109, 101, 101, 101}));
}

TEST(LearningChip, learns_nothing_without_the_reward) {
    EXPECT_THAT(run(Lesson{one_spike, 4}, 4).learned[0].weights, ::testing::Each(101));
}

TEST(LearningChip, learns_nothing_when_lessons_are_over) {
    const Outcome outcome = run(Lesson{one_spike, 2, 1}, 3);
    EXPECT_THAT(outcome.learned[0].weights, ::testing::Each(101));
    EXPECT_EQ(outcome.steps[1].activity[Activity::learning_update], 0U);
}

// --- cells of arrays ---

/// Input neurons 0 and 1 make the one neuron fire, 2 and 3 are too weak to; pairs of spikes within some steps count.
LoweredNetwork pair_network() {
    LoweredNetwork network;
    network.name = "pairs";
    network.populations.push_back({.name = "input", .shape = {4}, .size = 4, .is_input = true, .parameters = {}});
    LoweredPopulation layer{.name = "layer", .shape = {1}, .size = 1, .parameters = {}};
    layer.parameters = {.columns = {"leak", "threshold"}, .rows = {{0.0, 24.0}}, .row_of_neuron = {0}};
    network.populations.push_back(layer);
    LoweredProjection projection{.name = "all", .source = PopulationId{0U}, .target = PopulationId{1U}};
    projection.weights = {.rows = 1, .columns = 4};
    projection.weights.sources = {0, 1, 2, 3};
    projection.weights.values = {16.0F, 16.0F, 8.0F, 8.0F};
    projection.weights.offsets.push_back(4);
    LearningParameters rule;
    rule.dw = "2^-4*x1*y0 - 2^-4*y1*x0";
    rule.x1_impulse = rule.y1_impulse = 32.0;
    rule.x1_tau = rule.y1_tau = 1.5;
    rule.sign = SignMode::excitatory;
    rule.weight_lower = 0;
    rule.weight_upper = 40;
    projection.learning = rule;
    network.projections.push_back(projection);
    network.outputs = {PopulationId{1U}};
    return network;
}

// Again and again inputs 0 and 1 spike before the neuron does, and 2 and 3 after it: pair STDP, through the cells of the
// shipped chip with their soft bounds, noise and spread.
TEST(LearningArray, becomes_selective_to_what_comes_before_its_spikes) {
    InputSpikes input;
    for (int cycle = 0; cycle < 40; ++cycle)
        for (const auto& spikes : InputSpikes{{0, 1}, {}, {2, 3}, {}, {}, {}, {}, {}}) input.push_back(spikes);
    const std::size_t steps = input.size();
    const ChipPlan plan =
        testing_support::chip_file("memristor-learning.yaml", {"cores.xbar.array.encoding.weights=differential"});
    const Placement placement = place(pair_network(), plan);
    Lesson lesson{input, 0};
    SpikeKeeper keeper{steps, 2};
    Chip chip{plan, placement, lesson, keeper, 1};
    chip.run(steps);
    const std::vector<std::int16_t> weights = chip.learned().at(0).weights;
    EXPECT_GT(weights[0] + weights[1], 64);
    EXPECT_LT(weights[2] + weights[3], 8);
    // In step 2 the neuron fires: two rows are pulsed, one after the other, at least once for 100 us.
    EXPECT_EQ(keeper.steps[0].learning % 100'000'000, keeper.steps[0].learning) << "no pulse yet";
    EXPECT_GE(keeper.steps[1].learning, 2 * 100'000'000);
    EXPECT_GE(keeper.steps[1].activity[Activity::cell_pulse], 2U);
    // 0.9 V over 13 to 59 uS for 100 us.
    const auto joules = static_cast<double>(keeper.steps[1].activity[Activity::energy_pulses]) * 1e-18;
    const auto pulses = static_cast<double>(keeper.steps[1].activity[Activity::cell_pulse]);
    EXPECT_GT(joules, 0.8 * pulses * 0.81 * 13e-6 * 1e-4);
    EXPECT_LT(joules, 1.3 * pulses * 0.81 * 59e-6 * 1e-4);
}

}  // namespace
}  // namespace spikefab
