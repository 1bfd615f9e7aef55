// SPDX-License-Identifier: Apache-2.0
// Exact times of a core's stages, free and stalled.
#include "core/input_pipeline.hpp"
#include "core/message.hpp"
#include "core/output_pipeline.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

TEST(InputPipeline, a_lone_message_takes_every_latency_and_its_synapses) {
    CoreTiming timing;
    timing.axon_in = {.latency = 16, .occupancy = 4, .queue = 2};
    timing.synapse = {.latency = 3, .occupancy = 5, .queue = 2};
    timing.dendrite = {.latency = 7};
    InputPipeline pipeline{timing};
    EXPECT_EQ(pipeline.accept(100, 10), 100);
    EXPECT_EQ(pipeline.done(), 100 + 16 + 10 * 5 + 3 + 7);
}

TEST(InputPipeline, messages_wait_for_the_axon_stage_then_for_the_synapse_queue) {
    CoreTiming timing;
    timing.axon_in = {.latency = 1, .occupancy = 2, .queue = 4};
    timing.synapse = {.occupancy = 10, .queue = 1};
    InputPipeline pipeline{timing};
    EXPECT_EQ(pipeline.accept(0, 1), 0);   // synapse stage 1..11
    EXPECT_EQ(pipeline.accept(0, 1), 2);   // axon stage free at 2; waits in the synapse queue from 3, starts at 11
    EXPECT_EQ(pipeline.accept(0, 1), 4);   // is handed over at 11, when the one before has left the queue
    EXPECT_EQ(pipeline.accept(0, 1), 11);  // the axon stage was held until then
    EXPECT_EQ(pipeline.done(), 41);
}

class Output : public ::testing::Test {
protected:
    static CoreTiming timing() {
        CoreTiming times;
        times.soma_latency = 8;
        times.soma_active = 8;
        times.soma_inactive = 5;
        times.axon_out = {.latency = 3, .occupancy = 4, .queue = 1};
        times.interface = {.latency = 1, .occupancy = 1, .queue = 2};
        return times;
    }
    DestinationTable one_each_{std::vector<std::vector<Destination>>(64, {Destination{.core = 0, .axon = 0, .delay = 1}})};
};

TEST_F(Output, spikes_leave_in_the_order_of_the_pass_at_exact_times) {
    OutputPipeline pipeline{timing(), one_each_, 64};
    const std::vector<std::uint64_t> active{0b101};  // neurons 0 and 2 had input
    const std::vector<Spike> spikes{{2, 1}, {10, 1}};
    pipeline.begin(1000, spikes, active, 0);
    // Neuron 2 starts after one active and one inactive neuron; neuron 10 after two active ones (0, 2) and eight others.
    EXPECT_EQ(pipeline.take()->time, 1000 + 8 + 5 + 8 + 3 + 1);
    EXPECT_EQ(pipeline.take()->time, 1000 + 2 * 8 + 8 * 5 + 8 + 3 + 1);
    EXPECT_FALSE(pipeline.take().has_value());
    EXPECT_EQ(pipeline.pass_end(), 1000 + 3 * 8 + 61 * 5);  // neuron 10 fired without input: active too
}

TEST_F(Output, a_full_interface_stalls_the_output_stage_and_then_the_neurons) {
    OutputPipeline pipeline{timing(), one_each_, 64};
    const std::vector<std::uint64_t> active{~std::uint64_t{0}};
    std::vector<Spike> spikes;
    for (std::uint32_t neuron = 0; neuron < 6; ++neuron) spikes.push_back({neuron, 1});
    pipeline.begin(0, spikes, active, 0);
    EXPECT_TRUE(pipeline.take().has_value());
    EXPECT_TRUE(pipeline.take().has_value());
    EXPECT_FALSE(pipeline.take().has_value());  // two wait in the interface
    pipeline.departed(500);
    // The third was ready at 2 * 8 + 8; it leaves the output stage when the interface has a place.
    EXPECT_EQ(pipeline.take()->time, 500 + 1);
    pipeline.departed(600);
    EXPECT_EQ(pipeline.take()->time, 600 + 1);
    for (Picoseconds now = 700; const auto next = (pipeline.departed(now), pipeline.take()); now += 100)
        EXPECT_GE(next->time, now);
    EXPECT_GT(pipeline.pass_end(), 64 * 8);  // neurons were held up
    EXPECT_FALSE(pipeline.drained());
    pipeline.departed(2000);
    EXPECT_TRUE(pipeline.drained());
}

TEST(Message, survives_the_network_for_steps_near_the_receiver) {
    for (const std::uint64_t now : {0ULL, 5ULL, 4095ULL, 4096ULL, 1000000ULL}) {
        for (const std::uint64_t ahead : {0ULL, 1ULL, 63ULL, 2000ULL}) {
            const Message sent{.axon = 0xabcde, .step = now + ahead, .payload = -7};
            const Message seen = Message::unpack(sent.pack(), now);
            EXPECT_EQ(seen.axon, sent.axon);
            EXPECT_EQ(seen.step, sent.step);
            EXPECT_EQ(seen.payload, sent.payload);
        }
    }
    EXPECT_EQ(Message::unpack(Message{.step = 99}.pack(), 101).step, 99U);
}

}  // namespace
}  // namespace spikefab
