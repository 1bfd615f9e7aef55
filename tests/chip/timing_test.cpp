// SPDX-License-Identifier: Apache-2.0
// The time of steps and spikes on a simulated chip, worked out by hand; conservation; repeatability.
#include "base/error.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing_support::FixedSource;
using testing_support::InputSpikes;
using testing_support::SpikeKeeper;

/// `neurons` neurons on core 0 of Loihi; each input spike on the only axon makes every neuron fire one step later.
Placement one_core(std::uint32_t neurons) {
    Placement placement;
    placement.input = placement.populations.push_back({"input", 1, 0});
    placement.output = placement.populations.push_back({"layer", neurons, 1});
    placement.inputs = DestinationTable{{{Destination{.core = 0, .axon = 0, .delay = 1}}}};
    CoreImage core;
    core.core = CoreId{0U};
    core.neurons.columns = {"current_decay", "threshold"};
    core.neurons.rows = {{4095.0, 0.0}};
    core.neurons.row_of_neuron.assign(neurons, 0);
    WeightLists lists;
    lists.offsets = {0, neurons};
    std::vector<std::vector<Destination>> outputs;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
        lists.targets.push_back(static_cast<std::uint16_t>(neuron));
        lists.weights.push_back(1.0F);
        outputs.push_back({Destination{.core = Destination::host, .axon = neuron, .delay = 1}});
    }
    core.synapses = lists;
    core.destinations = DestinationTable{outputs};
    core.slices = {{placement.output, 0, neurons, 0}};
    placement.cores.push_back(std::move(core));
    return placement;
}

TEST(BarrierStep, lasts_as_long_as_the_slowest_part_and_the_barrier) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml");
    const Placement placement = one_core(10);
    const InputSpikes input{{0}, {}, {}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{3, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    ASSERT_EQ(keeper.steps.size(), 3U);
    // Step 1: the host's spike passes the tile (in 1.05 ns, out 1.05 ns), the axon stage (16 ns) and ten synapses (3.5 ns).
    EXPECT_EQ(keeper.steps[0].busy_until, 1050 + 1050 + 16000 + 10 * 3500);
    EXPECT_EQ(keeper.steps[0].end, keeper.steps[0].busy_until + 600'000);
    // Step 2: ten active neurons at 8.4 ns, a spike 8.4 ns after its neuron began, ten messages at 5.1 ns one after another.
    EXPECT_EQ(keeper.record[1][1].size(), 10U);
    EXPECT_EQ(keeper.steps[1].activity[Activity::neuron_update_active], 10U);
    EXPECT_GE(keeper.steps[1].busy_until - keeper.steps[1].start, 8400 * 10 + 5100);
    EXPECT_EQ(keeper.answers.size(), 10U);
    EXPECT_EQ(keeper.answers.front(), (std::pair<std::uint64_t, std::uint32_t>{2, 0}));
    // Step 3: nothing to do but the idle pass over ten neurons.
    EXPECT_EQ(keeper.steps[2].end - keeper.steps[2].start, 10 * 5300 + 600'000);
    EXPECT_EQ(keeper.steps[2].activity[Activity::neuron_update_inactive], 10U);
}

TEST(TickStep, lasts_one_tick_whatever_happens) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml", {"synchronisation=tick", "tick=20us"});
    const Placement placement = one_core(10);
    const InputSpikes input{{0}, {0}, {}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{3, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    for (const StepEvent& step : keeper.steps) EXPECT_EQ(step.end - step.start, 20'000'000);
    EXPECT_EQ(chip.totals().late_spikes, 0U);
}

TEST(TickStep, counts_spikes_that_miss_their_tick) {
    // The host's spike is on the tile for 2.1 ns, so it arrives in the second tick, in which it should already act.
    const ChipPlan plan = testing_support::chip_file("loihi.yaml", {"synchronisation=tick", "tick=1.5ns"});
    const Placement placement = one_core(10);
    InputSpikes input(100);
    input[0] = {0};
    FixedSource source{input, 1000};
    SpikeKeeper keeper{100, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(100);
    EXPECT_EQ(chip.totals().late_spikes, 1U);
    EXPECT_TRUE(keeper.record[1][1].empty());
    EXPECT_EQ(keeper.record[2][1].size(), 10U);
    const noc::Counters noc = chip.totals().noc;
    EXPECT_EQ(noc.injected, noc.delivered + noc.dropped + noc.in_flight());
}

TEST(TickStep, fails_with_a_reason_when_a_core_cannot_keep_up) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml", {"synchronisation=tick", "tick=2ns"});
    const Placement placement = one_core(200);
    const InputSpikes input(400, {0});
    FixedSource source{input, 1000};
    SpikeKeeper keeper{400, 2};
    Chip chip{plan, placement, source, keeper, 1};
    try {
        chip.run(400);
        FAIL() << "a pass of 200 neurons does not fit into 2 ns";
    } catch (const SimulationError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("core 0 is 9 steps behind"));
    }
}

TEST(Chip, resets_neurons_and_counts_the_reset) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml");
    const Placement placement = one_core(4);
    const InputSpikes input{{0}, {}, {0}, {}};
    FixedSource source{input, 2};
    SpikeKeeper keeper{4, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(4);
    EXPECT_EQ(chip.activity()[Activity::state_reset], 1U);
    EXPECT_EQ(keeper.record[1][1], keeper.record[3][1]);
}

/// Keeps what is told of passes.
class PassKeeper final : public RunObserver, public CycleObserver {
public:
    explicit PassKeeper(bool resting) : resting_{resting} {}
    [[nodiscard]] CycleObserver* cycles() override { return this; }
    [[nodiscard]] bool wants_resting_cores() const override { return resting_; }
    void pass_done(const CoreImage& /*core*/, const PassEvent& pass) override {
        steps.push_back(pass.step);
        times.emplace_back(pass.times.begin(), pass.times.end());
        potentials.emplace_back(pass.potentials.begin(), pass.potentials.end());
    }
    void step_done(const StepEvent& event) override { starts.push_back(event.start); }

    std::vector<std::uint64_t> steps;
    std::vector<std::vector<std::int64_t>> times;
    std::vector<std::vector<double>> potentials;
    std::vector<std::int64_t> starts;

private:
    bool resting_;
};

TEST(PassEvent, tells_when_each_neuron_was_written_after_active_and_inactive_ones) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml");
    Placement placement = one_core(6);
    placement.cores[0].synapses =
        WeightLists{.offsets = {0, 2}, .targets = {1, 4}, .weights = {-64.0F, -64.0F}, .delays = {}, .bits = {}, .groups = {}};
    const InputSpikes input{{0}, {}, {}};
    FixedSource source{input, 100};
    PassKeeper keeper{false};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    ASSERT_EQ(keeper.steps, (std::vector<std::uint64_t>{2})) << "the core rests in the other steps";
    const std::int64_t start = keeper.starts[1];
    // 5.3 ns for a neuron without input, 8.4 ns for the two with; written 8.4 ns after the neuron's turn.
    const std::vector<std::int64_t> turns{0, 5300, 13700, 19000, 24300, 32700};
    for (std::size_t neuron = 0; neuron < turns.size(); ++neuron)
        EXPECT_EQ(keeper.times[0][neuron], start + turns[neuron] + 8400) << "neuron " << neuron;
    EXPECT_LT(keeper.potentials[0][1], 0.0);
    EXPECT_EQ(keeper.potentials[0][2], 0.0);
}

TEST(PassEvent, of_a_core_that_rests_has_potentials_and_no_times) {
    const ChipPlan plan = testing_support::chip_file("loihi.yaml");
    const Placement placement = one_core(6);
    const InputSpikes input{{0}, {}, {}};
    FixedSource source{input, 100};
    PassKeeper keeper{true};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(3);
    ASSERT_EQ(keeper.steps, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_THAT(keeper.times[0], ::testing::IsEmpty());
    EXPECT_THAT(keeper.times[1], ::testing::SizeIs(6));
    EXPECT_THAT(keeper.potentials, ::testing::Each(::testing::SizeIs(6)));
}

}  // namespace
}  // namespace spikefab
