// SPDX-License-Identifier: Apache-2.0
// ODIN in an experiment: the host's steps, worked out by hand from the chip's file.
#include "base/error.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing_support::FixedSource;
using testing_support::InputSpikes;
using testing_support::SpikeKeeper;

constexpr Picoseconds cycle = 13333;  // of 75 MHz, in whole picoseconds
constexpr Picoseconds on_bus = 3;     // cycles from a request to its event's first cycle
constexpr Picoseconds sweep = 512;    // cycles of an event for all 256 neurons

/// `neurons` neurons with threshold 5 on an ODIN; each of two inputs reaches all with the weight 3.
Placement one_core(std::uint32_t neurons) {
    Placement placement;
    placement.input = placement.populations.push_back({"input", 2, 0});
    placement.output = placement.populations.push_back({"layer", neurons, 0});
    placement.inputs =
        DestinationTable{{{Destination{.core = 0, .axon = 0, .delay = 1}}, {Destination{.core = 0, .axon = 1, .delay = 1}}}};
    CoreImage core;
    core.core = CoreId{0U};
    core.neurons = {.columns = {"threshold"}, .rows = {{5.0}}, .row_of_neuron = std::vector<std::uint16_t>(neurons, 0)};
    core.synapses = WeightMatrix{
        .neurons = neurons, .weights = std::vector<std::int16_t>(std::size_t{2} * neurons, 3), .mapped = {}, .inhibitory = {}};
    std::vector<std::vector<Destination>> outputs;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron)
        outputs.push_back({Destination{.core = Destination::host, .axon = neuron, .delay = 1}});
    core.destinations = DestinationTable{outputs};
    core.slices = {{placement.output, 0, neurons, 0}};
    placement.cores.push_back(std::move(core));
    return placement;
}

/// Four of them whose potential, above a threshold of 1, says that weights rise, whatever the calcium.
Placement one_core_that_learns() {
    Placement placement = one_core(4);
    placement.cores[0].neurons = {.columns = {"threshold", "calcium_enabled", "membrane_threshold", "calcium_threshold_3"},
                                  .rows = {{255.0, 1.0, 1.0, 7.0}},
                                  .row_of_neuron = {0, 0, 0, 0}};
    return placement;
}

[[nodiscard]] ChipPlan odin(const std::vector<std::string>& settings = {}) {
    return testing_support::chip_file("odin.yaml", settings);
}

TEST(EventChip, takes_a_tick_for_a_step_or_as_long_as_the_core_needs) {
    const ChipPlan plan = odin({"tick=10us", "cores.odin.controller.recurrent=false"});
    const Placement placement = one_core(4);
    const InputSpikes input{{}, {0, 1}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{2, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(2);
    ASSERT_EQ(keeper.steps.size(), 2U);
    // Step 1: the time reference alone, acknowledged after its sweep, the bus free three cycles later.
    EXPECT_EQ(keeper.steps[0].busy_until, (on_bus + sweep + 3) * cycle);
    EXPECT_EQ(keeper.steps[0].end, 10'000'000) << "a tick";
    // Step 2: two spikes, both queued before the first is processed or while it is, then the time reference; four spikes leave.
    EXPECT_GT(keeper.steps[1].end, 20'000'000);
    EXPECT_EQ(keeper.steps[1].end, keeper.steps[1].busy_until);
    EXPECT_GT(keeper.steps[1].busy_until - keeper.steps[1].start, 3 * sweep * cycle);
    EXPECT_EQ(keeper.record[1][1].size(), 4U);
    EXPECT_EQ(keeper.answers.size(), 4U);
    EXPECT_EQ(keeper.answers.front(), (std::pair<std::uint64_t, std::uint32_t>{2, 0}));
    EXPECT_EQ(chip.activity()[Activity::synaptic_event], 512U) << "two spikes, all 256 neurons each";
    EXPECT_EQ(chip.activity()[Activity::input_spike], 2U);
}

TEST(EventChip, forgets_its_potentials_when_the_host_resets_its_neurons) {
    const ChipPlan plan = odin({"cores.odin.controller.recurrent=false"});
    const Placement placement = one_core(4);
    const InputSpikes input{{0}, {0}, {0}, {0}};
    FixedSource source{input, 1};
    SpikeKeeper keeper{4, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(4);
    EXPECT_TRUE(keeper.answers.empty()) << "3 of 5, and then it is forgotten";
    EXPECT_EQ(chip.activity()[Activity::state_reset], 3U);
}

TEST(EventChip, sends_what_a_teacher_adds_before_the_spikes_in_as_many_events_as_it_takes) {
    const ChipPlan plan = odin({"cores.odin.controller.recurrent=false"});
    Placement placement = one_core(4);
    placement.teacher_lines = {{{.neuron = 2, .weight = 10}, {.neuron = 3, .weight = -1}}};
    const InputSpikes input{{0, 2}};  // the pixel 0, and the teacher's line behind both pixels
    FixedSource source{input, 100};
    SpikeKeeper keeper{1, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(1);
    // Neuron 2, of threshold 5, fires at 7; the other 3 and the 3 of the pixel make it fire again. The others have 3 at most.
    EXPECT_THAT(keeper.record[0][1], ::testing::ElementsAre(2U));
    EXPECT_EQ(chip.activity()[Activity::spike], 2U);
    EXPECT_EQ(chip.activity()[Activity::packet_received], 3U + 1U + 1U) << "stimuli, a spike, the time reference";
}

TEST(EventChip, says_what_spikes_did_to_its_weights) {
    const ChipPlan plan = odin({"cores.odin.controller.recurrent=false"});
    const Placement placement = one_core_that_learns();
    const InputSpikes input{{0, 1}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{1, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(1);
    // The first spike found neurons that had not been updated; the second, of source 1, moved its four weights from 3 to 4.
    EXPECT_THAT(
        chip.totals().notes,
        ::testing::ElementsAre("4 of 8 plastic synapses ended with another weight; the mean weight was 3.00 and is 3.50"));
    EXPECT_EQ(chip.activity()[Activity::learning_update], 8U);
}

TEST(EventChip, moves_no_weight_in_steps_in_which_its_input_is_not_to_learn) {
    const ChipPlan plan = odin({"cores.odin.controller.recurrent=false"});
    const Placement placement = one_core_that_learns();
    const InputSpikes input{{0, 1}, {0, 1}};
    FixedSource source{input, 100};
    source.learns_after = 1;
    SpikeKeeper keeper{2, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(2);
    // In step 2 both spikes find neurons that were updated before: all eight weights move, from 3 to 4.
    EXPECT_THAT(
        chip.totals().notes,
        ::testing::ElementsAre("8 of 8 plastic synapses ended with another weight; the mean weight was 3.00 and is 4.00"));
    EXPECT_EQ(chip.activity()[Activity::learning_update], 8U);
}

TEST(EventChip, ends_with_a_reason_when_its_neurons_excite_each_other_for_ever) {
    const ChipPlan plan = odin();
    Placement placement = one_core(4);
    std::get<WeightMatrix>(placement.cores[0].synapses).weights.assign(16, 7);  // four sources now: the neurons themselves
    const InputSpikes input{{0}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{1, 2};
    Chip chip{plan, placement, source, keeper, 1};
    try {
        chip.run(1);
        FAIL() << "every spike makes four more";
    } catch (const SimulationError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("excite each other for ever"));
    }
}

TEST(EventChip, refuses_what_does_not_fit_its_one_core) {
    const ChipPlan plan = odin();
    const Placement placement = one_core(300);
    const InputSpikes input{{0}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{1, 2};
    EXPECT_THROW(static_cast<void>(Chip(plan, placement, source, keeper, 1)), InputError);
}

TEST(EventChip, refuses_a_file_that_mixes_kinds_of_core) {
    EXPECT_THROW(static_cast<void>(odin({"synchronisation=tick"})), InputError);
    EXPECT_THROW(static_cast<void>(odin({"cores.odin.processing=by_source"})), InputError);
    EXPECT_THROW(static_cast<void>(odin({"cores.odin.neuron.model=loihi_cuba"})), InputError);
    EXPECT_THROW(static_cast<void>(odin({"cores.odin.synapses.format=weight_lists"})), InputError);
    EXPECT_THROW(static_cast<void>(odin({"cores.odin.synapses.sign_by_source=false"})), InputError);
    EXPECT_THROW(static_cast<void>(odin({"noc.topology.width=2"})), InputError);
}

/// A chip file that is refused, and words of the message.
struct Refused {
    std::vector<std::string> settings;
    const char* words;
};

void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.words;
}

class EventChipFile : public ::testing::TestWithParam<Refused> {};

TEST_P(EventChipFile, is_refused_when_its_numbers_do_not_go_together) {
    try {
        static_cast<void>(odin(GetParam().settings));
        FAIL() << "no message";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr(GetParam().words));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Odin, EventChipFile,
    ::testing::Values(
        Refused{{"cores.odin.controller.output.monitor={neuron: 256, source: 0}"},
                "cores.odin.controller.output.monitor.neuron: there is no neuron 256; the core has 256"},
        Refused{{"cores.odin.controller.output.monitor={neuron: 0, source: 256}"}, "monitor.source: there is no axon 256"},
        Refused{{"cores.odin.controller.output.leave_at_neuron=300"}, "leave_at_neuron: there is no neuron 300"},
        Refused{{"cores.odin.controller.sweep=used_neurons", "cores.odin.controller.last_of_sweep=256"},
                "last_of_sweep: there is no neuron 256"},
        Refused{{"cores.odin.controller.last_of_sweep=99"}, "last_of_sweep: belongs to sweep: used_neurons"},
        // 6 bits a synapse: 5 in a word of 32 bits, 52 words for 256 neurons; the chip has 32 KiB.
        Refused{{"cores.odin.synapses.weight_bits=5"},
                "262.1 kbit do not hold the weights of 256 axons onto 256 neurons: 13312 words of 32 bit, 426 kbit"},
        Refused{{"cores.odin.synapses.word=3 bit"}, "must hold at least one synapse"}));

TEST(EventChip, counts_the_spikes_that_its_queue_had_no_place_for) {
    const ChipPlan plan = odin({"cores.odin.controller.queue_depth=1"});
    Placement placement = one_core(4);
    const InputSpikes input{{0, 1}};
    FixedSource source{input, 100};
    SpikeKeeper keeper{2, 2};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(1);
    // The first input lifts four neurons to 3, the second to 6: they fire while its spike still holds the queue's one place.
    EXPECT_EQ(chip.totals().lost_spikes, 4U);
}

}  // namespace
}  // namespace spikefab
