// SPDX-License-Identifier: Apache-2.0
// A core under one controller, cycle by cycle: what is worked out here by hand, not what a trace says.
#include "core/event_core.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace spikefab {
namespace {

/// Everything a core announces, one line each, in the order of its cycles.
class Diary final : public EventObserver {
public:
    void acknowledged(std::int64_t time) override { lines.push_back(std::to_string(time) + " ack"); }
    void neuron_written(std::uint32_t neuron, std::span<const std::int64_t> state, bool fired, std::int64_t time) override {
        lines.push_back(std::to_string(time) + " neuron " + std::to_string(neuron) + " = " + std::to_string(state[0]) +
                        (fired ? " fires" : ""));
    }
    void word_changed(std::uint32_t word, std::uint64_t value, std::int64_t time) override {
        lines.push_back(std::to_string(time) + " word " + std::to_string(word) + " = " + std::to_string(value));
    }
    void queued(std::uint32_t event, bool lost, std::int64_t time) override {
        lines.push_back(std::to_string(time) + " push " + std::to_string(event) + (lost ? " lost" : ""));
    }
    void taken(std::uint32_t event, std::int64_t time) override {
        lines.push_back(std::to_string(time) + " pop " + std::to_string(event));
    }
    void output_requested(std::uint32_t neuron, std::int64_t time) override {
        lines.push_back(std::to_string(time) + " out " + std::to_string(neuron));
    }
    [[nodiscard]] bool has(const std::string& line) const { return std::count(lines.begin(), lines.end(), line) != 0; }

    std::vector<std::string> lines;
};

/// Four neurons, all with threshold 4, under a controller whose every wait is 1 cycle unless a test says otherwise. An
/// address has 6 bits: a spike of source s, a stimulus (weight, sign, leak) for it as a neuron, and so on.
class EventCoreTest : public testing::Test {
protected:
    EventCoreTest() {
        type.neurons = 4;
        type.input_axons = 4;
        type.neuron = ModelChoice<NeuronModel>{"odin_lif"};
        type.synapses = {.format = MemoryFormat::weight_matrix,
                         .size = DataSize{64},
                         .word = DataSize{16},
                         .weight_bits = 3,
                         .mapping_bit = true,
                         .sign_by_source = true};
        EventController controller;
        controller.bus = {{.address = "0000 ss", .action = BusAction::queue},
                          {.address = "0vvv ss", .action = BusAction::queue},
                          {.address = "1000 ..", .action = BusAction::time_reference},
                          {.address = "1001 nn", .action = BusAction::time_reference},
                          {.address = "1010 ss", .action = BusAction::bistability, .after_queue = true},
                          {.address = "1011 ..", .action = BusAction::bistability}};
        controller.stimulus = StimulusCode::weight_sign_leak;
        controller.latch = 1;
        controller.release = 1;
        controller.queue_depth = 2;
        controller.recurrent = false;
        controller.output.withdraw = 1;
        controller.output.recover = 1;
        type.controller = controller;

        image.core = CoreId{0U};
        image.neurons = {.columns = {"threshold"}, .rows = {{4.0}}, .row_of_neuron = {0, 0, 0, 0}};
        matrix = {.neurons = 4,
                  .weights = std::vector<std::int16_t>(16, 1),
                  .mapped = std::vector<std::uint8_t>(16, 1),
                  .inhibitory = {0, 0, 0, 1}};
    }

    [[nodiscard]] EventCore make() {
        image.synapses = matrix;
        return EventCore{{.image = image, .type = type, .activity = activity, .watcher = &diary, .clock_period = 1}};
    }
    static void finish(EventCore& core) {
        while (core.next_decision()) core.act();
    }
    void weight(std::uint32_t source, std::uint32_t neuron, std::int16_t value) { matrix.weights[source * 4 + neuron] = value; }

    CoreDescription type;
    CoreImage image;
    WeightMatrix matrix;
    ActivityCounts activity;
    Diary diary;
};

TEST_F(EventCoreTest, sees_a_request_after_the_latch_and_writes_a_neuron_every_second_cycle) {
    EventCore core = make();
    core.request(0, 10);
    finish(core);
    // Raised in 10, seen in 11, queued in 12, acknowledged in 13, idle in 14; the sweep begins in 15 and writes from 16 on.
    const std::vector<std::string> expected{"12 push 0",       "13 ack",          "16 neuron 0 = 1", "18 neuron 1 = 1",
                                            "20 neuron 2 = 1", "22 neuron 3 = 1", "22 pop 0"};
    EXPECT_EQ(diary.lines, expected);
    EXPECT_EQ(core.idle_from(), 23);
    EXPECT_EQ(activity[Activity::synaptic_event], 4U);
}

TEST_F(EventCoreTest, waits_after_a_spike_until_the_output_bus_is_free_again) {
    weight(0, 1, 4);
    type.controller->output.acknowledge = 5;
    EventCore core = make();
    core.request(0, 10);
    finish(core);
    EXPECT_TRUE(diary.has("18 neuron 1 = 0 fires"));
    EXPECT_TRUE(diary.has("19 out 1"));
    // Request 1 + acknowledgement 5 + withdrawal 1 + recovery 1: free in 26, so neuron 2 is written in 27 and not in 20.
    EXPECT_TRUE(diary.has("27 neuron 2 = 1"));
    EXPECT_TRUE(diary.has("29 neuron 3 = 1"));
}

TEST_F(EventCoreTest, sends_a_spike_when_it_is_processed_where_so_configured) {
    type.controller->output.spikes_leave = SpikesLeave::when_processed;
    type.controller->output.leave_at_neuron = 2;
    weight(1, 3, 7);
    EventCore core = make();
    core.request(1, 0);
    finish(core);
    EXPECT_TRUE(diary.has("10 neuron 2 = 1"));
    EXPECT_TRUE(diary.has("11 out 1")) << "the source that is processed, not the neuron that fires";
    EXPECT_FALSE(diary.has("13 out 3"));
}

TEST_F(EventCoreTest, serves_the_bus_before_the_queue_unless_the_queue_is_full) {
    EventCore core = make();
    core.request(1, 0);
    core.act();
    core.request(2, core.bus_free_from() - 1);  // seen just when the controller is idle again
    core.act();
    EXPECT_TRUE(diary.has("5 push 2")) << "the bus comes first while the queue has a place";
    core.request(3, core.bus_free_from() - 1);
    core.act();
    EXPECT_TRUE(diary.has("15 pop 1")) << "a full queue comes first";
    EXPECT_FALSE(core.bus_free());
}

TEST_F(EventCoreTest, makes_an_event_wait_for_the_queue_to_be_empty_where_so_configured) {
    EventCore core = make();
    core.request(0b0000'01, 0);
    core.act();
    core.request(0b1010'00, 0);
    core.act();
    EXPECT_EQ(diary.lines.back().substr(diary.lines.back().size() - 5), "pop 1");
    core.act();
    EXPECT_EQ(activity[Activity::learning_update], 4U);
}

TEST_F(EventCoreTest, loses_spikes_of_its_neurons_when_the_queue_is_full) {
    type.controller->recurrent = true;
    for (std::uint32_t neuron = 0; neuron < 3; ++neuron) weight(0, neuron, 5);
    EventCore core = make();
    core.request(0, 0);
    core.act();
    core.act();
    EXPECT_EQ(core.lost_spikes(), 2U) << "one place is left beside the spike that is being processed";
    EXPECT_TRUE(diary.has("6 push 0"));
    EXPECT_TRUE(diary.has("10 push 1 lost"));
    EXPECT_TRUE(diary.has("14 push 2 lost"));
}

TEST_F(EventCoreTest, lets_a_stimulus_reach_one_neuron_only) {
    EventCore core = make();
    core.request(0b0100'10, 0);  // weight 1, excitatory
    finish(core);
    EXPECT_TRUE(diary.has("6 neuron 2 = 1"));
    EXPECT_EQ(std::count_if(diary.lines.begin(), diary.lines.end(),
                            [](const std::string& line) { return line.find("neuron") != std::string::npos; }),
              1);
}

TEST_F(EventCoreTest, learns_with_the_directions_from_before_the_spike_and_delivers_the_weights_from_before) {
    image.neurons = {.columns = {"threshold", "calcium_enabled", "membrane_threshold", "calcium_threshold_3"},
                     .rows = {{200.0, 1.0, 1.0, 7.0}},
                     .row_of_neuron = {0, 0, 0, 0}};
    type.controller->plasticity.on_spikes = true;
    EventCore core = make();
    core.request(0, 0);
    finish(core);
    EXPECT_EQ(core.weights().weight(0, 0), 1) << "no neuron had been updated before, so nothing had a direction";
    core.request(0, 100);
    finish(core);
    EXPECT_EQ(core.weights().weight(0, 0), 2);
    EXPECT_TRUE(diary.has("106 neuron 0 = 2")) << "the spike still brought the weight 1";
    EXPECT_TRUE(diary.has("106 word 0 = " + std::to_string(0xaaaa))) << "mapping bit and weight 2, four times";
}

TEST_F(EventCoreTest, does_not_learn_in_synapses_that_are_not_mapped_unless_told_to) {
    matrix.mapped.assign(16, 0);
    EventCore core = make();
    core.request(0b1011'00, 0);
    finish(core);
    EXPECT_EQ(core.weights().weight(1, 1), 1);
    type.controller->plasticity.unmapped_synapses = true;
    EventCore other = make();
    other.request(0b1011'00, 0);
    finish(other);
    EXPECT_EQ(other.weights().weight(1, 1), 0) << "1 is in the lower half of 0 to 7";
}

TEST_F(EventCoreTest, takes_the_sign_of_a_synapse_from_its_source) {
    for (std::uint32_t neuron = 0; neuron < 4; ++neuron) weight(0, neuron, 3);
    EventCore core = make();
    core.request(0, 0);
    finish(core);
    core.request(3, 100);
    finish(core);
    EXPECT_TRUE(diary.has("106 neuron 0 = 2"));
}

TEST_F(EventCoreTest, refuses_an_address_that_means_nothing) {
    EventCore core = make();
    EXPECT_THROW(core.request(0b1111'00, 0), InputError);
}

TEST_F(EventCoreTest, shows_states_of_one_neuron_and_synapse_instead_of_spikes_where_the_bus_monitors) {
    type.controller->output.monitor = BusMonitor{.neuron = 2, .source = 0};
    weight(0, 2, 4);
    weight(0, 3, 4);
    EventCore core = make();
    core.request(0, 10);
    finish(core);
    // The word of the synapse is written with neuron 0, in 16: 1111, then its mapping bit and its weight.
    EXPECT_TRUE(diary.has("17 out 252"));
    EXPECT_TRUE(diary.has("20 neuron 1 = 1")) << "free in 19, so two cycles after the last before";
    EXPECT_TRUE(diary.has("22 neuron 2 = 0 fires"));
    EXPECT_TRUE(diary.has("23 out 128")) << "a spike, nothing of plasticity, no calcium";
    EXPECT_TRUE(diary.has("26 out 0")) << "then the potential";
    EXPECT_TRUE(diary.has("29 neuron 3 = 0 fires"));
    EXPECT_FALSE(diary.has("30 out 3"));
    EXPECT_TRUE(core.sent().empty());
    // A spike of another source writes another word, but the neuron all the same.
    core.request(1, 50);
    finish(core);
    EXPECT_TRUE(diary.has("60 neuron 2 = 1"));
    EXPECT_TRUE(diary.has("61 out 0"));
    EXPECT_TRUE(diary.has("64 out 1"));
}

TEST_F(EventCoreTest, shows_a_weight_that_drifts_while_the_bus_monitors) {
    type.controller->output.monitor = BusMonitor{.neuron = 2, .source = 1};
    weight(1, 2, 4);
    EventCore core = make();
    core.request(0b1010'01, 0);
    finish(core);
    EXPECT_TRUE(diary.has("4 out 253")) << "4 rose to 5, written in 3";
}

TEST_F(EventCoreTest, sweeps_no_further_than_its_register_says) {
    type.controller->sweep = SweepOf::used_neurons;
    type.controller->last_of_sweep = 1;
    EventCore core = make();
    core.request(0, 10);
    finish(core);
    const std::vector<std::string> expected{"12 push 0", "13 ack", "16 neuron 0 = 1", "18 neuron 1 = 1", "18 pop 0"};
    EXPECT_EQ(diary.lines, expected);
}

}  // namespace
}  // namespace spikefab
