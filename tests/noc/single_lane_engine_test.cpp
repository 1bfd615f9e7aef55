// SPDX-License-Identifier: Apache-2.0
// The fast engine: exact cycles, conservation, back-pressure, far times, byte-identical reruns.
#include "noc/single_lane_engine.hpp"

#include "noc/noc_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace spikefab::noc {
namespace {

TEST(SingleLaneEngine, delivers_nothing_before_the_zero_load_latency_and_everything_at_it) {
    const Topology topology = mesh(8, 8);
    for (const std::uint32_t destination : {0U, 1U, 8U, 63U}) {
        const Tick routers = destination % 8 + destination / 8 + 1;
        const Tick expected = 10 + 2 + 3 * routers;
        Recorder sink;
        const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
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
    const Topology topology = mesh(4, 4);
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
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
    const Topology topology = mesh(6, 5);
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
    inject_uniform(*engine, 30, 50, 4);
    for (Tick tick = 0; !engine->idle(); tick += 7) {
        engine->run_until(tick);
        EXPECT_EQ(engine->counters().in_flight(), 1500U - sink.deliveries.size());
    }
    EXPECT_EQ(sink.deliveries.size(), 1500U);
    EXPECT_EQ(engine->counters().buffer_writes, engine->counters().buffer_reads);
}

TEST(SingleLaneEngine, repeats_itself_whatever_the_steps_it_is_run_in) {
    const Topology topology = mesh(6, 5, 2);
    std::vector<std::vector<Delivery>> runs;
    for (const Tick step : {Tick{1}, Tick{13}, never}) {
        Recorder sink;
        const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
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
    const Topology topology = mesh(2, 1);
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
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
    const Topology topology = mesh(3, 1);
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
    for (unsigned i = 0; i < 10; ++i) {
        engine->inject(0, packet_to(1, 0), 0);
        engine->inject(2, packet_to(1, 1), 0);
    }
    engine->run_until(never);
    for (std::size_t i = 0; i + 2 < 20; ++i) EXPECT_EQ(sink.deliveries[i].data, sink.deliveries[i + 2].data);
    EXPECT_NE(sink.deliveries[0].data, sink.deliveries[1].data);
}

TEST(SingleLaneEngine, times_each_direction_and_keeps_links_occupied_when_asynchronous) {
    const Topology topology = mesh(3, 3);
    Plan plan = plan_for(topology);
    plan.timing.hop = {HopTimes{21, 12, 10}, HopTimes{41, 12, 20}, HopTimes{65, 12, 30}, HopTimes{1, 1, 1}};
    plan.timing.injection_latency = 0;
    plan.timing.injection_occupancy = 5;
    Recorder sink;
    const auto engine = make_single_lane_engine(plan, Ways::x_then_y, sink);
    engine->inject(0, packet_to(8, 0), 100);
    engine->inject(0, packet_to(8, 1), 100);
    engine->run_until(never);
    ASSERT_EQ(sink.deliveries.size(), 2U);
    EXPECT_EQ(sink.deliveries[0].at, 100U + 2 * 41 + 2 * 65 + 21);
    EXPECT_EQ(sink.deliveries[1].at, sink.deliveries[0].at + 12);
}

TEST(SingleLaneEngine, gives_the_same_deliveries_with_occupancies_of_one_as_clocked_and_as_asynchronous) {
    const Topology topology = mesh(5, 5);
    std::vector<std::vector<Delivery>> runs;
    for (const std::uint32_t unused_occupancy : {1U, 2U}) {
        Plan plan = plan_for(topology);
        plan.timing.hop[index_of(HopKind::other)].occupancy = unused_occupancy;
        Recorder sink;
        const auto engine = make_single_lane_engine(plan, Ways::x_then_y, sink);
        inject_uniform(*engine, 25, 200, 4);
        engine->run_until(never);
        runs.push_back(sink.deliveries);
    }
    EXPECT_EQ(runs[0], runs[1]);
}

TEST(SingleLaneEngine, delivers_alike_whether_it_computes_ways_or_asks_the_algorithm) {
    const Topology topology = mesh(5, 4, 2);
    std::vector<std::vector<Delivery>> runs;
    for (const Ways ways : {Ways::x_then_y, Ways::by_algorithm}) {
        Recorder sink;
        const auto engine = make_single_lane_engine(plan_for(topology), ways, sink);
        inject_uniform(*engine, 40, 100, 4);
        engine->run_until(never);
        runs.push_back(sink.deliveries);
    }
    EXPECT_EQ(runs[0], runs[1]);
}

TEST(SingleLaneEngine, reports_a_real_deadlock_as_a_cycle_of_who_waits_for_whom) {
    // On a ring of four with one channel and no dateline, four cores that each send two hops east fill all four buffers
    // with packets that want the next one.
    const Topology topology = grid("ring", {.width = 4, .height = 1, .wrap_x = true});
    Recorder sink;
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::by_algorithm, sink);
    for (std::uint32_t core = 0; core < 4; ++core)
        for (unsigned i = 0; i < 20; ++i) engine->inject(core, packet_to((core + 2) % 4), 0);
    engine->run_until(never);
    EXPECT_TRUE(engine->stuck());
    EXPECT_EQ(engine->counters().in_flight(), 80 - sink.deliveries.size());
    const std::string text = engine->explain_stuck();
    EXPECT_THAT(text, ::testing::StartsWith("router (0,0) west waits for router (1,0) west\n"
                                            "router (1,0) west waits for router (2,0) west\n"
                                            "router (2,0) west waits for router (3,0) west\n"
                                            "router (3,0) west waits for router (0,0) west\n"))
        << text;
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
    const Topology topology = mesh(2, 1);
    const auto engine = make_single_lane_engine(plan_for(topology), Ways::x_then_y, sink);
    sink.engine = engine.get();
    engine->inject(0, packet_to(1, 3), 0);
    EXPECT_EQ(engine->run_until(1000), 2U + 3 * 2 + 1);
    while (!engine->idle()) engine->run_until(1000);
    EXPECT_EQ(sink.seen, (std::vector<Tick>{8, 21, 34, 47}));
}

}  // namespace
}  // namespace spikefab::noc
