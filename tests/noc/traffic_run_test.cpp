// SPDX-License-Identifier: Apache-2.0
// Runs under synthetic traffic: when they end, and what they say of links.
#include "noc/traffic_run.hpp"

#include "models/routing/traffic.hpp"
#include "noc/noc_kit.hpp"
#include "noc/single_lane_engine.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab::noc {
namespace {

TEST(TrafficRun, ends_when_the_network_is_empty_so_links_are_as_busy_as_the_traffic_makes_them) {
    const Topology topology = mesh(2, 1);
    const auto pattern = Registry<TrafficModel>::instance().make("uniform")->make(traffic_site(topology));
    const auto injection = Registry<InjectionModel>::instance().make("bernoulli");
    TrafficLoad load{.pattern = pattern.get(), .injection = injection.get(), .rate = 0.4, .sources = 2};
    load.drain_limit = 1'000'000;
    Plan plan = plan_for(topology);
    plan.count_links = true;
    const TrafficResult result =
        run_traffic([&](Sink& sink) { return make_single_lane_engine(plan, Ways::x_then_y, sink); }, load);
    EXPECT_EQ(result.counters.in_flight(), 0U);
    EXPECT_LT(result.elapsed, load.warmup + load.measured + 2000);
    // Half of the packets of core 0 go east to core 1.
    const double busy = static_cast<double>(result.link_flits[grid_port::east]) / static_cast<double>(result.elapsed);
    EXPECT_NEAR(busy, 0.2, 0.2 * 0.1);
}

/// Uniform traffic on an 8 x 8 mesh, which takes 0.27 packets per core and tick.
TrafficResult uniform(double rate, std::string_view injection_name, Tick warmup, Tick measured) {
    const Topology topology = mesh(8, 8);
    const auto pattern = Registry<TrafficModel>::instance().make("uniform")->make(traffic_site(topology));
    const auto injection = Registry<InjectionModel>::instance().make(injection_name);
    TrafficLoad load{.pattern = pattern.get(), .injection = injection.get(), .rate = rate, .sources = 64};
    load.warmup = warmup;
    load.measured = measured;
    load.drain_limit = 1'000'000;
    const Plan plan = plan_for(topology);
    return run_traffic([&](Sink& sink) { return make_single_lane_engine(plan, Ways::x_then_y, sink); }, load);
}

TEST(TrafficRun, that_takes_in_less_than_is_offered_is_saturated_even_when_all_packets_arrive_in_the_end) {
    for (const Tick measured : {1000U, 10000U}) {
        const TrafficResult result = uniform(0.32, "bernoulli", 1000, measured);
        EXPECT_EQ(result.arrived, result.expected);
        EXPECT_TRUE(result.saturated()) << measured << " ticks, accepted " << result.accepted_rate;
    }
}

TEST(TrafficRun, that_keeps_up_is_not_saturated_however_it_begins_and_however_bursty_it_is) {
    for (const Tick warmup : {0U, 1000U}) {
        for (const Tick measured : {20U, 100U, 1000U, 10000U}) {
            EXPECT_FALSE(uniform(0.25, "bernoulli", warmup, measured).saturated()) << warmup << ", " << measured;
            EXPECT_FALSE(uniform(0.01, "burst", warmup, measured).saturated()) << "burst " << warmup << ", " << measured;
        }
    }
}

}  // namespace
}  // namespace spikefab::noc
