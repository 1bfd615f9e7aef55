// SPDX-License-Identifier: Apache-2.0
// The general engine: equal to the fast one where both can run, the zero-load law of every pipeline, wormholes, channels,
// adaptive and multicast routing, drops and deadlocks.
#include "noc/virtual_channel_engine.hpp"

#include "noc/noc_kit.hpp"
#include "noc/single_lane_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace spikefab::noc {
namespace {

/// Deliveries in an order that does not depend on the order of endpoints within a tick.
std::vector<Delivery> sorted(std::vector<Delivery> deliveries) {
    std::sort(deliveries.begin(), deliveries.end(), [](const Delivery& a, const Delivery& b) {
        return std::tie(a.at, a.endpoint, a.data) < std::tie(b.at, b.endpoint, b.data);
    });
    return deliveries;
}

TEST(VirtualChannelEngine, equals_the_fast_engine_packet_by_packet_where_both_can_run) {
    const Topology topology = mesh(6, 5, 2);
    for (const std::uint32_t spread : {1U, 3U, 8U}) {
        for (const Tick service : {0U, 3U}) {
            Recorder fast_sink{service};
            Recorder general_sink{service};
            Plan plan = plan_for(topology);
            const auto fast = make_single_lane_engine(plan, Ways::x_then_y, fast_sink);
            const auto general = make_virtual_channel_engine(plan, Ways::by_algorithm, general_sink);
            inject_uniform(*fast, 60, 100, spread);
            inject_uniform(*general, 60, 100, spread);
            fast->run_until(never);
            general->run_until(never);
            EXPECT_EQ(sorted(fast_sink.deliveries), sorted(general_sink.deliveries));
            EXPECT_EQ(fast->counters(), general->counters());
        }
    }
}

TEST(VirtualChannelEngine, equals_the_fast_engine_when_asynchronous) {
    const Topology topology = mesh(6, 5, 2);
    Plan plan = plan_for(topology);
    plan.timing.hop = {HopTimes{21, 12, 10}, HopTimes{41, 17, 20}, HopTimes{65, 23, 30}, HopTimes{1, 1, 1}};
    plan.timing.injection_occupancy = 12;
    for (const std::uint32_t spread : {20U, 100U, 400U}) {
        Recorder fast_sink;
        Recorder general_sink;
        const auto fast = make_single_lane_engine(plan, Ways::x_then_y, fast_sink);
        const auto general = make_virtual_channel_engine(plan, Ways::by_algorithm, general_sink);
        inject_uniform(*fast, 60, 100, spread);
        inject_uniform(*general, 60, 100, spread);
        fast->run_until(never);
        general->run_until(never);
        EXPECT_EQ(sorted(fast_sink.deliveries), sorted(general_sink.deliveries));
    }
}

TEST(VirtualChannelEngine, obeys_the_zero_load_law_for_every_pipeline_setting) {
    const Topology topology = mesh(8, 8);
    for (std::uint32_t setting = 0; setting < 3 * 2 * 2 * 3 * 3 * 3; ++setting) {
        std::uint32_t rest = setting;
        const auto pick = [&rest](std::uint32_t choices) {
            const std::uint32_t chosen = rest % choices;
            rest /= choices;
            return chosen;
        };
        Plan plan = plan_for(topology, "xy", 2);
        plan.stages.routing = pick(3);
        plan.stages.vc_allocation = 1 + pick(2);
        plan.stages.switch_allocation = 1 + pick(2);
        const std::uint32_t allocator = pick(3);
        plan.stages.speculative = allocator != 0;
        plan.stages.piggyback = allocator == 2;
        const std::uint32_t link = 1 + pick(3);
        plan.timing.hop.fill({.latency = link, .occupancy = 1, .credit = 2});
        plan.timing.injection_latency = pick(3);
        if (allocator == 1 && plan.stages.vc_allocation > plan.stages.switch_allocation) continue;  // refused, see check
        const Tick allocation = allocator == 0   ? plan.stages.vc_allocation + plan.stages.switch_allocation
                                : allocator == 1 ? std::max(plan.stages.vc_allocation, plan.stages.switch_allocation)
                                                 : plan.stages.switch_allocation;
        const Tick per_router = plan.stages.routing + allocation - 1 + link;
        for (const std::uint32_t flits : {1U, 3U}) {
            Recorder sink;
            const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
            engine->inject(0, packet_to(43, 0, flits), 10);
            engine->run_until(never);
            ASSERT_EQ(sink.deliveries.size(), 1U);
            const Tick serialisation = Tick{flits - 1} * plan.stages.switch_allocation;
            EXPECT_EQ(sink.deliveries[0].at, 10 + plan.timing.injection_latency + 9 * per_router + serialisation)
                << "setting " << setting << " flits " << flits;
        }
    }
}

}  // namespace
}  // namespace spikefab::noc
