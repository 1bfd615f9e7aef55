// SPDX-License-Identifier: Apache-2.0
// How fast the NoC engine runs: flit-hops per second of CPU time.
#include "base/random.hpp"
#include "noc/single_lane_engine.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string>

namespace {
using namespace spikefab;
using namespace spikefab::noc;

double cpu() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

class Count final : public Sink {
public:
    Tick accept(std::uint32_t, const Packet& p, Tick now) override {
        hash = hash * 1099511628211ULL + (p.data ^ now);
        return now;
    }
    std::uint64_t hash = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const auto k = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 8);
    const double rate = argc > 2 ? std::atof(argv[2]) : 0.1;
    const auto cycles = static_cast<Tick>(argc > 3 ? std::atoll(argv[3]) : 100000);
    const bool async = argc > 4 && std::string{argv[4]} == "async";
    TopologyBuilder builder{"mesh"};
    builder.grid({.width = k, .height = k});
    for (std::uint32_t y = 0; y < k; ++y)
        for (std::uint32_t x = 0; x < k; ++x) (void)builder.add_router(4, 1, int(x), int(y));
    for (std::uint32_t y = 0; y < k; ++y)
        for (std::uint32_t x = 0; x < k; ++x) {
            if (x + 1 < k) builder.link(RouterId{y * k + x}, 0, RouterId{y * k + x + 1}, 1, Direction::east, Direction::west);
            if (y + 1 < k)
                builder.link(RouterId{y * k + x}, 2, RouterId{(y + 1) * k + x}, 3, Direction::north, Direction::south);
        }
    const Topology topology = builder.finish();
    const std::shared_ptr<const RoutingAlgorithm> routing = Registry<RoutingModel>::instance().make("xy")->make(topology, 1);
    Plan plan;
    plan.topology = &topology;
    plan.routing = routing;
    const Tick scale = async ? 41 : 1;
    for (auto& hop : plan.timing.hop) hop = {3, 1, 2};
    plan.timing.injection_latency = 2;
    if (async) {
        plan.timing.hop = {HopTimes{21, 10, 10}, HopTimes{41, 20, 20}, HopTimes{65, 20, 30}, HopTimes{41, 20, 20}};
        plan.timing.injection_occupancy = 10;
        plan.timing.injection_latency = 21;
    }
    Count sink;
    auto engine = make_single_lane_engine(plan, argc > 5 ? Ways::by_algorithm : Ways::x_then_y, sink);
    Rng rng{1, "bench"};
    std::vector<Tick> next(k * k, 0);
    const auto gap = [&] { return 1 + static_cast<Tick>(std::log(1 - rng.uniform()) / std::log(1 - rate)); };
    for (auto& t : next) t = gap() - 1;
    const double start = cpu();
    double generating = 0;
    for (Tick now = 0; now < cycles; now += 1000) {
        const double a = cpu();
        for (std::uint32_t e = 0; e < k * k; ++e)
            for (; next[e] < now + 1000; next[e] += gap())
                engine->inject(e, Packet{e, rng.below(k * k), none, 1, e, 0}, next[e] * scale);
        generating += cpu() - a;
        engine->run_until((now + 1000) * scale);
    }
    const double took = cpu() - start;
    const auto counters = engine->counters();
    fmt::print(
        "{}x{} rate {} hops {} in {:.3f} s: {:.2f} M/s; without generator {:.2f} M/s, latency {:.4f} hops {:.4f} delivered {} "
        "hash {:x}\n",
        k, k, rate, counters.router_visits, took, 1e-6 * static_cast<double>(counters.router_visits) / took,
        1e-6 * static_cast<double>(counters.router_visits) / (took - generating),
        static_cast<double>(engine->latency().sum) / static_cast<double>(counters.delivered),
        static_cast<double>(counters.router_visits) / static_cast<double>(counters.delivered), counters.delivered, sink.hash);
}
