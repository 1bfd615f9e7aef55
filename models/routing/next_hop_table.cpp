// SPDX-License-Identifier: Apache-2.0
// Shortest paths by breadth-first search from every destination.
#include "models/routing/next_hop_table.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace spikefab {

std::vector<std::uint32_t> hops_to(const Topology& topology, RouterId target) {
    std::vector<std::uint32_t> hops(topology.routers(), unreachable_hops);
    if (topology.router(target).dead) return hops;
    hops[target.value()] = 0;
    std::vector<RouterId> front{target};
    front.reserve(topology.routers());
    for (std::size_t next = 0; next < front.size(); ++next) {
        const RouterId router = front[next];
        for (PortIndex port = 0; port < topology.router(router).network_ports; ++port) {
            const ChannelId in = topology.channel_in(router, port);
            if (!in.valid() || topology.channel(in).dead) continue;
            const RouterId before = topology.channel(in).from;
            if (hops[before.value()] != unreachable_hops) continue;
            hops[before.value()] = hops[router.value()] + 1;
            front.push_back(before);
        }
    }
    return hops;
}

NextHopTable shortest_paths(const Topology& topology) {
    NextHopTable table{topology.routers(), topology.routers()};
    for (std::size_t goal = 0; goal < topology.routers(); ++goal) {
        const auto hops = hops_to(topology, RouterId{goal});
        for (std::size_t index = 0; index < topology.routers(); ++index) {
            const RouterId router{index};
            if (hops[index] == 0 || hops[index] == unreachable_hops) continue;
            for (PortIndex port = 0; port < topology.router(router).network_ports; ++port) {
                const ChannelId out = topology.channel_out(router, port);
                if (!out.valid() || topology.channel(out).dead) continue;
                if (hops[topology.channel(out).to.value()] + 1 != hops[index]) continue;
                table.set(index, RouterId{goal}, port);
                break;
            }
        }
    }
    return table;
}

void require_table_fits(const Topology& topology, std::string_view algorithm) {
    constexpr std::size_t most = 16384;
    if (topology.routers() <= most) return;
    throw InputError{
        fmt::format("routing '{}' keeps a table over all pairs of routers, which is too large for {} routers (at most "
                    "{}): use a routing that computes its way, such as xy",
                    algorithm, topology.routers(), most)};
}

}  // namespace spikefab
