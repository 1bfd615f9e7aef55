// SPDX-License-Identifier: Apache-2.0
// What a route costs: every routing algorithm on 64 x 64 routers (or its own family), and checking one before a run.
#include "models/routing/check.hpp"
#include "models/routing/topology_model.hpp"

#include "config/reader.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace spikefab {
namespace {

struct Choices {
    ModelChoice<TopologyModel> topology;
    static constexpr auto fields = std::tuple{field("topology", &Choices::topology, "topology of the bench").required()};
};

Topology topology_for(const std::string& routing) {
    std::string yaml = "{model: mesh, width: 64, height: 64}";
    if (routing == "torus_dateline") yaml = "{model: torus, width: 64, height: 64}";
    if (routing.starts_with("tree")) yaml = "{model: tree, children: [4, 4, 4], mesh_width: 8, mesh_height: 8}";
    if (routing == "fat_tree") yaml = "{model: fat_tree, arity: 8, levels: 4, cores_per_router: 8}";
    return config::read<Choices>(config::parse("topology: " + yaml, "bench")).topology->build();
}

/// One route per iteration, over routers and destinations in a scattered order.
void route(benchmark::State& state, const std::string& name) {
    const Topology topology = topology_for(name);
    const auto routing = Registry<RoutingModel>::instance().make(name)->make(topology, 4);
    const auto routers = static_cast<std::uint32_t>(topology.routers());
    const auto cores = static_cast<std::uint32_t>(topology.cores());
    std::uint32_t turn = 0;
    for (auto _ : state) {
        turn += 0x9E3779B9U;
        const EndpointId core{turn % cores};
        const Header header =
            routing->prepare({.source = core, .destination = EndpointId{(turn >> 7U) % cores}, .choice = turn});
        Route made;
        routing->route(
            {.router = routing->claims().rewrites_header ? topology.endpoint(core).router : RouterId{(turn >> 3U) % routers}},
            header, made);
        benchmark::DoNotOptimize(made);
    }
    state.SetItemsProcessed(state.iterations());
}

void make_and_check(benchmark::State& state, const std::string& name) {
    const Topology topology = topology_for(name);
    for (auto _ : state) {
        const auto routing = Registry<RoutingModel>::instance().make(name)->make(topology, 2);
        benchmark::DoNotOptimize(check_routing(topology, *routing, 2).cut_off);
    }
}

}  // namespace
}  // namespace spikefab

int main(int argc, char** argv) {
    for (const std::string_view name : spikefab::Registry<spikefab::RoutingModel>::instance().names()) {
        const std::string text{name};
        benchmark::RegisterBenchmark(("route/" + text).c_str(), spikefab::route, text);
        benchmark::RegisterBenchmark(("make_and_check/" + text).c_str(), spikefab::make_and_check, text)
            ->Unit(benchmark::kMillisecond);
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
