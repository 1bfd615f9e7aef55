// SPDX-License-Identifier: Apache-2.0
// The fast engine: exact cycles, conservation, back-pressure, far times, byte-identical reruns.
#include "noc/single_lane_engine.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spikefab::noc {
namespace {

struct Delivery {
    std::uint32_t endpoint;
    std::uint64_t data;
    Tick at;
    bool operator==(const Delivery&) const = default;
};

class Recorder final : public Sink {
public:
    explicit Recorder(Tick service = 0) : service_{service} {}
    Tick accept(std::uint32_t endpoint, const Packet& packet, Tick now) override {
        deliveries.push_back({endpoint, packet.data, now});
        return now + service_;
    }
    std::vector<Delivery> deliveries;

private:
    Tick service_;
};

SingleLanePlan mesh_plan(std::uint32_t width, std::uint32_t height, std::uint32_t cores = 1) {
    SingleLanePlan plan;
    plan.fabric = mesh_fabric(width, height, cores);
    plan.mesh.width = width;
    plan.mesh.height = height;
    for (HopTimes& hop : plan.timing.hop) hop = {.latency = 3, .occupancy = 1, .credit = 2};
    plan.timing.injection_latency = 2;
    return plan;
}

Packet packet_to(std::uint32_t destination, std::uint64_t data = 0) {
    Packet packet;
    packet.destination = destination;
    packet.data = data;
    return packet;
}

void inject_uniform(Engine& engine, std::uint32_t endpoints, int packets, Tick spread) {
    Rng rng{5, "uniform"};
    for (std::uint32_t endpoint = 0; endpoint < endpoints; ++endpoint) {
        Tick at = 0;
        for (int i = 0; i < packets; ++i) {
            at += rng.below(static_cast<std::uint32_t>(spread));
            engine.inject(endpoint, packet_to(rng.below(endpoints), endpoint * 1000U + static_cast<unsigned>(i)), at);
        }
    }
}

TEST(SingleLaneEngine, delivers_nothing_before_the_zero_load_latency_and_everything_at_it) {
    for (const std::uint32_t destination : {0U, 1U, 8U, 63U}) {
        const Tick routers = destination % 8 + destination / 8 + 1;
        const Tick expected = 10 + 2 + 3 * routers;
        Recorder sink;
        const auto engine = make_single_lane_engine(mesh_plan(8, 8), sink);
        engine->inject(0, packet_to(destination), 10);
        engine->run_until(expected);
        EXPECT_TRUE(sink.deliveries.empty());
        engine->run_until(expected + 1);
        ASSERT_EQ(sink.deliveries.size(), 1U);
        EXPECT_EQ(sink.deliveries[0].at, expected);
        EXPECT_EQ(engine->counters().router_visits, routers);
    }
}

TEST(SingleLaneEngine, skips_idle_time_and_wakes_at_a_packet_far_ahead) {
    constexpr Tick far = 123'456'789'012;
    Recorder sink;
    const auto engine = make_single_lane_engine(mesh_plan(4, 4), sink);
    engine->inject(3, packet_to(12), far);
    EXPECT_EQ(engine->next_event(), far);
    engine->run_until(never);
    ASSERT_EQ(sink.deliveries.size(), 1U);
    EXPECT_EQ(sink.deliveries[0].at, far + 2 + 3 * 7);
    EXPECT_TRUE(engine->idle());
    EXPECT_EQ(engine->next_event(), std::nullopt);
}

TEST(SingleLaneEngine, keeps_injected_equal_to_delivered_plus_in_flight_at_every_tick) {
    Recorder sink;
    const auto engine = make_single_lane_engine(mesh_plan(6, 5), sink);
    inject_uniform(*engine, 30, 50, 4);
    for (Tick tick = 0; !engine->idle(); tick += 7) {
        engine->run_until(tick);
        EXPECT_EQ(engine->counters().in_flight(), 1500U - sink.deliveries.size());
    }
    EXPECT_EQ(sink.deliveries.size(), 1500U);
    EXPECT_EQ(engine->counters().buffer_writes, engine->counters().buffer_reads);
}

TEST(SingleLaneEngine, repeats_itself_whatever_the_steps_it_is_run_in) {
    std::vector<std::vector<Delivery>> runs;
    for (const Tick step : {Tick{1}, Tick{13}, never}) {
        Recorder sink;
        const auto engine = make_single_lane_engine(mesh_plan(6, 5, 2), sink);
        inject_uniform(*engine, 60, 40, 5);
        for (Tick tick = step; !engine->idle(); tick += step) engine->run_until(tick);
        runs.push_back(sink.deliveries);
    }
    EXPECT_EQ(runs[0], runs[1]);
    EXPECT_EQ(runs[0], runs[2]);
}

TEST(SingleLaneEngine, is_held_back_by_a_slow_sink_once_its_ejection_buffer_is_full) {
    // Depth 4, a sink that needs 100 ticks a packet: packets 0 to 3 arrive in a row, packet 4 one service later.
    Recorder sink{100};
    const auto engine = make_single_lane_engine(mesh_plan(2, 1), sink);
    for (unsigned i = 0; i < 6; ++i) engine->inject(0, packet_to(1, i), 0);
    engine->run_until(never);
    ASSERT_EQ(sink.deliveries.size(), 6U);
    const Tick first = sink.deliveries[0].at;
    for (Tick i = 0; i < 4; ++i) EXPECT_EQ(sink.deliveries[i].at, first + i);
    // Freed at first + 100, the credit takes 2, the last hop 3.
    EXPECT_EQ(sink.deliveries[4].at, first + 100 + 2 + 3);
    EXPECT_EQ(sink.deliveries[5].at, first + 101 + 2 + 3);
}

TEST(SingleLaneEngine, shares_an_output_among_inputs_in_turn) {
    // Routers 0 and 2 send to 1: each gets every other place.
    Recorder sink;
    const auto engine = make_single_lane_engine(mesh_plan(3, 1), sink);
    for (unsigned i = 0; i < 10; ++i) {
        engine->inject(0, packet_to(1, 0), 0);
        engine->inject(2, packet_to(1, 1), 0);
    }
    engine->run_until(never);
    for (std::size_t i = 0; i + 2 < 20; ++i) EXPECT_EQ(sink.deliveries[i].data, sink.deliveries[i + 2].data);
    EXPECT_NE(sink.deliveries[0].data, sink.deliveries[1].data);
}

TEST(SingleLaneEngine, times_each_direction_and_keeps_links_occupied_when_asynchronous) {
    SingleLanePlan plan = mesh_plan(3, 3);
    plan.timing.hop = {HopTimes{21, 12, 10}, HopTimes{41, 12, 20}, HopTimes{65, 12, 30}, HopTimes{1, 1, 1}};
    plan.timing.injection_latency = 0;
    plan.timing.injection_occupancy = 5;
    Recorder sink;
    const auto engine = make_single_lane_engine(plan, sink);
    engine->inject(0, packet_to(8, 0), 100);
    engine->inject(0, packet_to(8, 1), 100);
    engine->run_until(never);
    ASSERT_EQ(sink.deliveries.size(), 2U);
    EXPECT_EQ(sink.deliveries[0].at, 100U + 2 * 41 + 2 * 65 + 21);
    EXPECT_EQ(sink.deliveries[1].at, sink.deliveries[0].at + 12);
}

TEST(SingleLaneEngine, gives_the_same_deliveries_with_occupancies_of_one_as_clocked_and_as_asynchronous) {
    std::vector<std::vector<Delivery>> runs;
    for (const std::uint32_t unused_occupancy : {1U, 2U}) {
        SingleLanePlan plan = mesh_plan(5, 5);
        plan.timing.hop[static_cast<std::size_t>(Direction::other)].occupancy = unused_occupancy;
        Recorder sink;
        const auto engine = make_single_lane_engine(plan, sink);
        inject_uniform(*engine, 25, 200, 4);
        engine->run_until(never);
        runs.push_back(sink.deliveries);
    }
    EXPECT_EQ(runs[0], runs[1]);
}

class Answering final : public Sink {
public:
    Tick accept(std::uint32_t endpoint, const Packet& packet, Tick now) override {
        seen.push_back(now);
        if (packet.data == 0) return now;
        engine->inject(endpoint, packet_to(packet.source, packet.data - 1), now + 5);
        engine->limit_horizon(now + 1);
        return now;
    }
    Engine* engine = nullptr;
    std::vector<Tick> seen;
};

TEST(SingleLaneEngine, lets_a_sink_answer_and_stop_the_run) {
    Answering sink;
    const auto engine = make_single_lane_engine(mesh_plan(2, 1), sink);
    sink.engine = engine.get();
    engine->inject(0, packet_to(1, 3), 0);
    EXPECT_EQ(engine->run_until(1000), 2U + 3 * 2 + 1);
    while (!engine->idle()) engine->run_until(1000);
    EXPECT_EQ(sink.seen, (std::vector<Tick>{8, 21, 34, 47}));
}

}  // namespace
}  // namespace spikefab::noc
