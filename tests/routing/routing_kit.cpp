// SPDX-License-Identifier: Apache-2.0
// Making topologies and algorithms by name and walking packets through them.
#include "routing_kit.hpp"

namespace spikefab {

Topology build_topology(const std::string& yaml) {
    return pick_model<TopologyModel>(yaml)->build();
}

std::unique_ptr<RoutingAlgorithm> make_routing(const std::string& yaml, const Topology& topology, unsigned vcs,
                                               std::span<const MulticastGroup> groups) {
    return pick_model<RoutingModel>(yaml)->make(topology, vcs, groups);
}

std::vector<std::uint32_t> path(const Topology& topology, const RoutingAlgorithm& routing, EndpointId source,
                                EndpointId destination, std::uint32_t choice) {
    std::vector<std::uint32_t> visited;
    Header header = routing.prepare({.source = source, .destination = destination, .choice = choice});
    Position at{topology.endpoint(source).router, topology.endpoint(source).port, 0};
    while (visited.size() < 1000) {
        visited.push_back(at.router.value());
        Route route;
        routing.route(at, header, route);
        if (route.count == 0) break;
        const ChannelId out = topology.channel_out(at.router, route.options[0].port);
        if (!out.valid()) break;
        header = routing.forward(at, header, route.options[0].port);
        at = {topology.channel(out).to, topology.channel(out).to_port, 0};
    }
    return visited;
}

}  // namespace spikefab
