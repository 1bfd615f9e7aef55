// SPDX-License-Identifier: Apache-2.0
// What NoC tests share: small networks, a recording sink, streams of packets.
#pragma once

#include "base/random.hpp"
#include "models/routing/routing.hpp"
#include "models/routing/topology/grid.hpp"
#include "noc/engine.hpp"
#include "noc/plan.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace spikefab::noc {

struct Delivery {
    std::uint32_t endpoint = 0;
    std::uint64_t data = 0;
    Tick at = 0;
    bool operator==(const Delivery&) const = default;
};

/// Remembers deliveries; frees each place `service` ticks after it was taken.
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

inline Topology grid(std::string_view family, GridShape shape, std::uint32_t cores = 1) {
    TopologyBuilder builder{family};
    add_grid(builder, shape, cores);
    return builder.finish();
}
inline Topology mesh(std::uint32_t width, std::uint32_t height, std::uint32_t cores = 1) {
    return grid("mesh", {.width = width, .height = height}, cores);
}

/// BookSim2's smallest stock router: 3 cycles a hop, credits usable after 2, injection over a channel of 2.
inline Plan plan_for(const Topology& topology, std::string_view routing = "xy", std::uint32_t vcs = 1) {
    Plan plan;
    plan.topology = &topology;
    plan.routing = Registry<RoutingModel>::instance().make(routing)->make(topology, vcs);
    plan.vcs = vcs;
    plan.timing.hop.fill({.latency = 3, .occupancy = 1, .credit = 2});
    plan.timing.injection_latency = 2;
    return plan;
}

inline Packet packet_to(std::uint32_t destination, std::uint64_t data = 0, std::uint32_t flits = 1) {
    Packet packet;
    packet.destination = destination;
    packet.data = data;
    packet.flits = flits;
    return packet;
}

/// `packets` packets from each of the first `cores` endpoints to random ones of them, `spread` ticks apart at most.
inline void inject_uniform(Engine& engine, std::uint32_t cores, unsigned packets, std::uint32_t spread,
                           std::uint32_t flits = 1) {
    Rng rng{5, "uniform"};
    for (std::uint32_t core = 0; core < cores; ++core) {
        Tick at = 0;
        for (unsigned i = 0; i < packets; ++i) {
            at += rng.below(spread);
            engine.inject(core, packet_to(rng.below(cores), core * 100'000U + i, flits), at);
        }
    }
}

}  // namespace spikefab::noc
