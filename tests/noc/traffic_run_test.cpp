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

}  // namespace
}  // namespace spikefab::noc
