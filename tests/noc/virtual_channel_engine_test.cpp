// SPDX-License-Identifier: Apache-2.0
// The general engine: equal to the fast one where both can run, the zero-load law of every pipeline, wormholes, channels,
// adaptive and multicast routing, drops and deadlocks.
#include "noc/virtual_channel_engine.hpp"

#include "noc/make_engine.hpp"
#include "noc/noc_kit.hpp"
#include "noc/single_lane_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
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

TEST(VirtualChannelEngine, gives_the_same_whatever_the_size_of_its_records) {
    // Depths up to 255 fit into packed records, and the second is made for any pipeline; no buffer here holds that many.
    const Topology topology = mesh(6, 5);
    for (const std::string_view routing : {"xy", "minimal_adaptive", "odd_even"}) {
        for (const std::uint32_t vcs : {2U, 4U}) {
            for (const Ways ways : {Ways::by_algorithm, Ways::x_then_y}) {
                if (ways == Ways::x_then_y && routing != "xy") continue;
                Plan plan = plan_for(topology, routing, vcs);
                plan.longest_packet = 3;
                std::vector<std::vector<Delivery>> deliveries;
                for (const std::uint32_t depth : {255U, 256U}) {
                    plan.buffer_depth = depth;
                    Recorder sink;
                    const auto engine = make_virtual_channel_engine(plan, ways, sink);
                    inject_uniform(*engine, 30, 60, 6, 3);
                    engine->run_until(never);
                    deliveries.push_back(sink.deliveries);
                }
                EXPECT_EQ(deliveries[0].size(), 30U * 60U);
                EXPECT_EQ(deliveries[0], deliveries[1]) << routing << ", " << vcs << " channels";
            }
        }
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

TEST(VirtualChannelEngine, delivers_everything_once_whatever_the_pipeline_setting) {
    const Topology topology = mesh(4, 4);
    for (const std::string_view routing : {"xy", "minimal_adaptive"}) {
        for (std::uint32_t setting = 0; setting < 3 * 3 * 3 * 3; ++setting) {
            Plan plan = plan_for(topology, routing, 2);
            plan.stages.routing = setting % 3;
            plan.stages.vc_allocation = 1 + setting / 3 % 3;
            plan.stages.switch_allocation = 1 + setting / 9 % 3;
            plan.stages.speculative = setting / 27 != 0;
            plan.stages.piggyback = setting / 27 == 2;
            if (setting / 27 == 1 && plan.stages.vc_allocation > plan.stages.switch_allocation) continue;  // refused, see check
            for (const std::uint32_t flits : {1U, 3U}) {
                plan.longest_packet = flits;
                Recorder sink;
                const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
                inject_uniform(*engine, 16, 60, 8, flits);
                engine->run_until(never);
                EXPECT_TRUE(engine->idle()) << "setting " << setting << ' ' << routing << ' ' << flits;
                EXPECT_EQ(sink.deliveries.size(), 16U * 60U) << "setting " << setting << ' ' << routing << ' ' << flits;
                EXPECT_EQ(engine->counters().buffer_reads, engine->counters().buffer_writes);
            }
        }
    }
}

TEST(VirtualChannelEngine, gives_a_channel_and_the_switch_one_after_the_other_to_packets_in_a_row_too) {
    // Without speculation a router takes two cycles for the two, whether or not a packet was there before: the channel's
    // tail leaves, the next head asks for a channel in the cycle after and for the switch in the one after that.
    const Topology topology = mesh(2, 1);
    Plan plan = plan_for(topology, "xy", 1);
    plan.buffer_depth = 16;
    plan.stages.speculative = plan.stages.piggyback = false;
    Recorder sink;
    const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
    for (std::uint64_t packet = 0; packet < 8; ++packet) engine->inject(0, packet_to(1, packet), 0);
    engine->run_until(never);
    ASSERT_EQ(sink.deliveries.size(), 8U);
    for (std::size_t packet = 1; packet < 8; ++packet)
        EXPECT_EQ(sink.deliveries[packet].at - sink.deliveries[packet - 1].at, 2U);
}

TEST(ClockedOptions, give_injection_and_hops_of_router_and_link_and_serialisation) {
    const Topology topology = mesh(8, 8);
    Options options;
    options.topology = ModelChoice<TopologyModel>{"mesh"};
    options.buffer_depth = 16;
    for (const std::uint32_t routing : {0U, 1U, 2U})
        for (const std::uint32_t switch_delay : {0U, 1U, 3U})
            for (const std::uint32_t link : {0U, 1U, 2U})
                for (const VcAllocation allocation : {VcAllocation::with_switch, VcAllocation::separate})
                    for (const bool speculative : {true, false})
                        for (const std::uint32_t flits : {1U, 4U}) {
                            options.clocked = ClockedTimes{.clock = Frequency{1.0},
                                                           .routing_delay = routing,
                                                           .switch_delay = switch_delay,
                                                           .link_delay = link,
                                                           .injection_delay = 2,
                                                           .speculative = speculative,
                                                           .vc_allocation = allocation};
                            options.packet_flits = flits;
                            Recorder sink;
                            const auto engine = make_engine(options, topology, sink);
                            engine->inject(0, packet_to(43, 0, flits), 7);
                            engine->run_until(never);
                            // Side by side the two allocations of one cycle each take one, one after the other two.
                            const Tick router = routing + (speculative ? 1U : 2U) + switch_delay;
                            ASSERT_EQ(sink.deliveries.size(), 1U);
                            EXPECT_EQ(sink.deliveries[0].at, 7 + 2 + 9 * (router + link) + flits - 1);
                        }
}

/// Every pairing of routing, channels, switching and packet length that a mesh of 5 x 4 can have.
struct Setting {
    std::string_view routing;
    std::uint32_t vcs;
    bool cut_through;
    std::uint32_t flits;
};

void PrintTo(const Setting& setting, std::ostream* out) {
    *out << setting.routing << ", " << setting.vcs << " channels, " << setting.flits << " flits"
         << (setting.cut_through ? ", cut-through" : ", wormhole");
}

class UnderLoad : public testing::TestWithParam<Setting> {};

TEST_P(UnderLoad, delivers_everything_once_and_leaves_nothing_behind) {
    const Topology topology = mesh(5, 4);
    Plan plan = plan_for(topology, GetParam().routing, GetParam().vcs);
    plan.longest_packet = GetParam().flits;
    plan.cut_through = GetParam().cut_through;
    plan.buffer_depth = 6;
    Recorder sink;
    const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
    inject_uniform(*engine, 20, 80, 4, GetParam().flits);
    for (Tick until = 100; !engine->idle() && !engine->stuck(); until += 100) {
        engine->run_until(until);
        const Counters counters = engine->counters();
        ASSERT_EQ(counters.injected, counters.delivered + counters.in_flight());
        ASSERT_EQ(counters.delivered, sink.deliveries.size());
    }
    EXPECT_FALSE(engine->stuck()) << engine->explain_stuck();
    EXPECT_EQ(sink.deliveries.size(), 20U * 80U);
    const Counters counters = engine->counters();
    EXPECT_EQ(counters.buffer_writes, counters.buffer_reads);
    EXPECT_EQ(counters.router_visits, counters.buffer_reads);
}

std::vector<Setting> settings() {
    std::vector<Setting> all;
    for (const std::string_view routing : {"xy", "yx", "o1turn", "west_first", "north_last", "negative_first", "odd_even",
                                           "minimal_adaptive", "table", "up_down", "relative"})
        for (const std::uint32_t vcs : {2U, 4U})
            for (const std::uint32_t flits : {1U, 5U})
                for (const bool cut_through : {false, true}) all.push_back({routing, vcs, cut_through, flits});
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, UnderLoad, testing::ValuesIn(settings()));

TEST(VirtualChannelEngine, drops_packets_without_a_way_flit_by_flit_and_counts_them) {
    TopologyBuilder builder{"mesh"};
    add_grid(builder, {.width = 4, .height = 1}, 1);
    builder.kill_link(RouterId{1U}, RouterId{2U});
    const Topology topology = builder.finish();
    Recorder sink;
    const auto engine = make_virtual_channel_engine(plan_for(topology, "xy", 2), Ways::by_algorithm, sink);
    for (std::uint64_t i = 0; i < 10; ++i) {
        engine->inject(0, packet_to(3, i, 3), 5 * i);        // over the dead link
        engine->inject(0, packet_to(1, 100 + i, 3), 5 * i);  // not so far
    }
    engine->run_until(never);
    const Counters counters = engine->counters();
    EXPECT_EQ(counters.dropped, 10U);
    EXPECT_EQ(counters.dropped_flits, 30U);
    EXPECT_EQ(counters.delivered, 10U);
    EXPECT_TRUE(engine->idle());
}

TEST(VirtualChannelEngine, reports_a_real_deadlock_of_long_packets_with_its_channels) {
    // Four cores of a ring, each with packets of eight flits for the core opposite: every packet holds a link and waits for
    // the next, which another holds. With one channel and no dateline nobody ever moves again.
    const Topology topology = grid("ring", {.width = 4, .height = 1, .wrap_x = true});
    Plan plan = plan_for(topology);
    plan.longest_packet = 8;
    Recorder sink;
    const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
    for (std::uint32_t core = 0; core < 4; ++core)
        for (unsigned i = 0; i < 5; ++i) engine->inject(core, packet_to((core + 2) % 4, 0, 8), 0);
    engine->run_until(never);
    EXPECT_TRUE(engine->stuck());
    EXPECT_THAT(engine->explain_stuck(), ::testing::StartsWith("router (0,0) west waits for router (1,0) west\n"
                                                               "router (1,0) west waits for router (2,0) west\n"
                                                               "router (2,0) west waits for router (3,0) west\n"
                                                               "router (3,0) west waits for router (0,0) west\n"));
    // The same with a dateline on two channels arrives.
    Recorder free_sink;
    const auto free = make_virtual_channel_engine(
        [&] {
            Plan sound = plan_for(topology, "torus_dateline", 2);
            sound.longest_packet = 8;
            return sound;
        }(),
        Ways::by_algorithm, free_sink);
    for (std::uint32_t core = 0; core < 4; ++core)
        for (unsigned i = 0; i < 5; ++i) free->inject(core, packet_to((core + 2) % 4, 0, 8), 0);
    free->run_until(never);
    EXPECT_TRUE(free->idle());
}

TEST(VirtualChannelEngine, adaptive_routing_with_an_escape_channel_never_deadlocks_under_overload) {
    // Far more tornado traffic than the mesh takes. A head that may stand behind another packet, or hold a channel without
    // room, cannot escape: then this ends in a circle, with long packets or with an allocator of channels.
    const Topology topology = mesh(8, 8);
    struct Setup {
        bool piggyback;
        std::uint32_t flits;
    };
    for (const Setup setup : {Setup{true, 1}, Setup{true, 5}, Setup{false, 1}, Setup{false, 5}}) {
        for (const std::uint32_t vcs : {2U, 4U}) {
            Plan plan = plan_for(topology, "minimal_adaptive", vcs);
            plan.longest_packet = setup.flits;
            plan.stages.speculative = plan.stages.piggyback = setup.piggyback;
            Recorder sink;
            const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
            for (std::uint32_t core = 0; core < 64; ++core)
                for (Tick packet = 0; packet < 300; ++packet)
                    engine->inject(core, packet_to((core / 8 + 3) % 8 * 8 + (core % 8 + 3) % 8, 0, setup.flits), 2 * packet);
            engine->run_until(never);
            EXPECT_TRUE(engine->idle()) << vcs << " channels, " << setup.flits << " flits:\n" << engine->explain_stuck();
        }
    }
}

TEST(VirtualChannelEngine, obeys_the_zero_load_law_when_an_adaptive_head_speculates_before_it_has_a_channel) {
    const Topology topology = mesh(8, 8);
    for (const std::string_view routing : {"minimal_adaptive", "odd_even", "west_first"}) {
        for (std::uint32_t setting = 0; setting < 6; ++setting) {
            Plan plan = plan_for(topology, routing, 4);
            plan.longest_packet = 3;
            plan.stages.piggyback = false;
            plan.stages.vc_allocation = 1 + setting % 3;
            plan.stages.switch_allocation = plan.stages.vc_allocation + setting / 3;
            Recorder sink;
            const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
            // One after the other, so that the turns of the allocators stand anywhere.
            for (std::uint32_t number = 0; number < 200; ++number)
                engine->inject(number * 7 % 64, packet_to(number * 29 % 64, number, 3), number * 1000);
            engine->run_until(never);
            ASSERT_EQ(sink.deliveries.size(), 200U);
            for (const Delivery& delivery : sink.deliveries) {
                const auto number = static_cast<std::uint32_t>(delivery.data);
                const int from = static_cast<int>(number * 7 % 64);
                const int to = static_cast<int>(delivery.endpoint);
                const auto routers = static_cast<Tick>(std::abs(from % 8 - to % 8) + std::abs(from / 8 - to / 8) + 1);
                const Tick takes = plan.stages.switch_allocation;
                EXPECT_EQ(delivery.at, number * 1000 + 2 + routers * (takes - 1 + 3) + 2 * takes) << routing << setting;
            }
        }
    }
}

TEST(VirtualChannelEngine, heads_that_come_during_a_look_up_of_routes_wait_for_the_next) {
    // Cores 0 and 1 of router 0 send to core 2 there and to router 1: nothing but the look-up of routes is shared. With a
    // routing_delay of 3 the look-ups of packets one or two ticks apart are three ticks apart, as in BookSim2.
    const Topology topology = mesh(2, 1, 3);
    for (const std::uint32_t routing : {1U, 2U, 3U}) {
        for (const Tick later : {Tick{0}, Tick{1}, Tick{2}, Tick{3}, Tick{4}}) {
            Plan plan = plan_for(topology);
            plan.stages.routing = routing;
            Recorder sink;
            const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
            engine->inject(0, packet_to(2, 0), 10);
            engine->inject(1, packet_to(3, 1), 10 + later);
            engine->run_until(never);
            ASSERT_EQ(sink.deliveries.size(), 2U);
            const Tick first = 10 + 2 + routing + 3;
            const Tick looked_up = later == 0 ? routing : std::max(later, Tick{routing}) + routing;
            const Tick second = 10 + 2 + looked_up + 3 + routing + 3;
            EXPECT_THAT(sorted(sink.deliveries), testing::ElementsAre(Delivery{2, 0, first}, Delivery{3, 1, second}))
                << routing << " cycles, " << later << " later";
        }
    }
}

TEST(VirtualChannelEngine, fixed_priority_serves_the_lowest_input_first_and_round_robin_shares) {
    const Topology topology = mesh(3, 1, 2);
    for (const bool round_robin : {false, true}) {
        Plan plan = plan_for(topology, "xy", 2);
        plan.round_robin = round_robin;
        Recorder sink;
        const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
        // Cores 2 and 3 share router 1; both send east as fast as they can.
        for (std::uint64_t i = 0; i < 40; ++i) {
            engine->inject(2, packet_to(4, 2), 0);
            engine->inject(3, packet_to(4, 3), 0);
        }
        engine->run_until(60);
        const auto of_second = std::count_if(sink.deliveries.begin(), sink.deliveries.end(),
                                             [](const Delivery& delivery) { return delivery.data == 3; });
        const auto all = static_cast<std::ptrdiff_t>(sink.deliveries.size());
        if (round_robin)
            EXPECT_NEAR(static_cast<double>(of_second), static_cast<double>(all) / 2.0, 2.0);
        else
            EXPECT_LT(of_second, all / 2);
    }
}

}  // namespace
}  // namespace spikefab::noc
