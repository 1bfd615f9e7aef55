// SPDX-License-Identifier: Apache-2.0
// What an observer learns of a packet's way: routers, source wait, waiting; they add up to its latency.
#include "noc/noc_kit.hpp"
#include "noc/packet_log.hpp"
#include "noc/single_lane_engine.hpp"
#include "noc/virtual_channel_engine.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikefab::noc {
namespace {

struct Arrived {
    std::uint32_t endpoint;
    Packet packet;
    Trip trip;
    Tick at;
};

class Keeper final : public PacketLog {
public:
    void arrived(std::uint32_t, std::uint32_t endpoint, const Packet& packet, const Trip& trip, Tick now) override {
        packets.push_back({endpoint, packet, trip, now});
    }
    void crossed(std::uint32_t, std::uint32_t router, std::uint32_t port) override { ++flits[{router, port}]; }
    void waited(std::uint32_t, std::uint32_t router, std::uint32_t port, Tick ticks) override {
        waits[{router, port}] += ticks;
    }

    std::vector<Arrived> packets;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> flits;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Tick> waits;
};

/// An engine with a log.
struct Bench {
    explicit Bench(const Plan& plan, Ways ways = Ways::by_algorithm)
        : engine{fits_single_lane(plan) ? make_single_lane_engine(plan, ways, sink)
                                        : make_virtual_channel_engine(plan, ways, sink)} {
        engine->observe(&watch);
    }
    Recorder sink;
    Keeper keeper;
    PlaneWatch watch{0, keeper};
    std::unique_ptr<Engine> engine;
};

/// What a packet takes that never waits.
Tick zero_load(const Plan& plan, std::uint32_t routers, std::uint32_t flits) {
    const Stages& stages = plan.stages;
    const std::uint32_t allocation = stages.piggyback     ? stages.switch_allocation
                                     : stages.speculative ? std::max(stages.vc_allocation, stages.switch_allocation)
                                                          : stages.vc_allocation + stages.switch_allocation;
    const Tick router = stages.routing + allocation - 1 + plan.timing.hop[0].latency;
    return plan.timing.injection_latency + routers * router + (flits - 1) * stages.switch_allocation;
}

std::vector<Plan> plans(const Topology& topology) {
    std::vector<Plan> all{plan_for(topology)};
    Plan deep = plan_for(topology, "xy", 2);
    deep.stages = {.routing = 1, .vc_allocation = 2, .switch_allocation = 1, .speculative = false, .piggyback = false};
    all.push_back(deep);
    Plan spec = plan_for(topology, "xy", 2);
    spec.stages = {.routing = 0, .vc_allocation = 1, .switch_allocation = 1, .speculative = true, .piggyback = false};
    all.push_back(spec);
    all.push_back(plan_for(topology, "minimal_adaptive", 3));
    return all;
}

TEST(Trip, of_a_lone_packet_has_no_waiting) {
    const Topology topology = mesh(8, 8);
    for (const Plan& plan : plans(topology)) {
        for (const std::uint32_t flits : {1U, 3U}) {
            if (flits > 1 && fits_single_lane(plan)) continue;
            Bench bench{plan};
            bench.engine->inject(0, packet_to(43, 0, flits), 10);
            bench.engine->run_until(never);
            ASSERT_EQ(bench.keeper.packets.size(), 1U);
            const Arrived& packet = bench.keeper.packets.front();
            EXPECT_EQ(packet.trip.routers, 9U);
            EXPECT_EQ(packet.trip.entered, 10U);
            EXPECT_EQ(packet.trip.waited, 0U);
            EXPECT_EQ(packet.at - packet.packet.created, zero_load(plan, 9, flits));
            EXPECT_TRUE(bench.keeper.waits.empty());
        }
    }
}

TEST(Trip, parts_add_up_to_the_latency_of_every_packet_under_load) {
    const Topology topology = mesh(6, 5);
    for (const Plan& plan : plans(topology)) {
        for (const std::uint32_t flits : {1U, 3U}) {
            if (flits > 1 && fits_single_lane(plan)) continue;
            Bench bench{plan};
            inject_uniform(*bench.engine, 30, 60, 6, flits);
            bench.engine->run_until(never);
            ASSERT_EQ(bench.keeper.packets.size(), 30U * 60U);
            Tick waited = 0;
            for (const Arrived& packet : bench.keeper.packets) {
                waited += packet.trip.waited;
                EXPECT_EQ(packet.at - packet.packet.created, (packet.trip.entered - packet.packet.created) +
                                                                 zero_load(plan, packet.trip.routers, flits) +
                                                                 packet.trip.waited);
            }
            EXPECT_GT(waited, 0U);
            std::uint64_t crossed = 0;
            for (const auto& [link, count] : bench.keeper.flits) crossed += count;
            EXPECT_EQ(crossed, bench.engine->counters().router_visits);
        }
    }
}

TEST(Trip, says_at_which_output_a_packet_waited) {
    // Two packets for the same core reach router 1 in the same tick; one waits a tick for its local port.
    const Topology topology = mesh(3, 1);
    Bench bench{plan_for(topology)};
    bench.engine->inject(0, packet_to(1), 0);
    bench.engine->inject(2, packet_to(1), 0);
    bench.engine->run_until(never);
    ASSERT_EQ(bench.keeper.waits.size(), 1U);
    const auto [link, ticks] = *bench.keeper.waits.begin();
    EXPECT_EQ(link, (std::pair<std::uint32_t, std::uint32_t>{1, grid_port::count}));
    EXPECT_EQ(ticks, 1U);
}

TEST(Trip, counts_asynchronous_times_by_direction) {
    const Topology topology = mesh(4, 4);
    Plan plan = plan_for(topology);
    plan.timing.hop = {HopTimes{21, 12, 10}, HopTimes{41, 17, 20}, HopTimes{65, 23, 30}, HopTimes{1, 1, 1}};
    plan.timing.injection_latency = 21;
    plan.timing.injection_occupancy = 12;
    Bench bench{plan};
    bench.engine->inject(0, packet_to(9), 5);  // one hop east, two north
    bench.engine->run_until(never);
    ASSERT_EQ(bench.keeper.packets.size(), 1U);
    EXPECT_EQ(bench.keeper.packets[0].at, 5U + 21 + 41 + 2 * 65 + 21);
    EXPECT_EQ(bench.keeper.packets[0].trip.waited, 0U);
    EXPECT_EQ(bench.keeper.packets[0].trip.routers, 4U);
}

TEST(Trip, of_every_copy_of_a_multicast_counts_from_the_source) {
    const Topology topology = mesh(4, 4);
    Plan plan = plan_for(topology);
    const std::vector<MulticastGroup> groups{
        {.tag = 3, .source = EndpointId{0U}, .destinations = {EndpointId{3U}, EndpointId{12U}, EndpointId{15U}}}};
    plan.routing = Registry<RoutingModel>::instance().make("multicast_tree")->make(topology, 1, groups);
    Bench bench{plan};
    Packet packet;
    packet.destination = none;
    packet.tag = 3;
    bench.engine->inject(0, packet, 0);
    bench.engine->run_until(never);
    ASSERT_EQ(bench.keeper.packets.size(), 3U);
    std::map<std::uint32_t, std::uint32_t> routers;
    for (const Arrived& copy : bench.keeper.packets) routers[copy.endpoint] = copy.trip.routers;
    EXPECT_EQ(routers, (std::map<std::uint32_t, std::uint32_t>{{3, 4}, {12, 4}, {15, 7}}));
    EXPECT_EQ(bench.engine->counters().copied, 2U);
    EXPECT_EQ(bench.engine->counters().in_flight(), 0U);
}

}  // namespace
}  // namespace spikefab::noc
