// SPDX-License-Identifier: Apache-2.0
// Flattening a topology.
#include "noc/fabric.hpp"

#include <algorithm>

namespace spikefab::noc {
namespace {

HopKind kind_of(Direction direction) {
    switch (direction) {
        case Direction::local:
            return HopKind::inside_tile;
        case Direction::east:
        case Direction::west:
            return HopKind::east_west;
        case Direction::north:
        case Direction::south:
            return HopKind::north_south;
        case Direction::other:
            break;
    }
    return HopKind::other;
}

}  // namespace

std::uint32_t most_ports(const Topology& topology) {
    std::uint32_t most = 1;
    for (std::uint32_t router = 0; router < topology.routers(); ++router)
        most = std::max(most, topology.ports(RouterId{router}));
    return most;
}

Fabric::Fabric(const Topology& topology)
    : routers{static_cast<std::uint32_t>(topology.routers())},
      ports{most_ports(topology)},
      endpoints{static_cast<std::uint32_t>(topology.endpoints().size())} {
    downstream.resize(std::size_t{routers} * ports);
    upstream.resize(downstream.size());
    for (const Channel& channel : topology.channels()) {
        const HopKind kind = kind_of(channel.direction);
        downstream[index(channel.from.value(), channel.from_port)] = {Peer::Kind::router, kind, channel.to.value(),
                                                                      channel.to_port, none};
        upstream[index(channel.to.value(), channel.to_port)] = {Peer::Kind::router, kind, channel.from.value(),
                                                                channel.from_port, none};
    }
    for (std::uint32_t number = 0; number < endpoints; ++number) {
        const Endpoint& endpoint = topology.endpoint(EndpointId{number});
        const Peer peer{Peer::Kind::endpoint, kind_of(endpoint.direction), none, 0, number};
        downstream[index(endpoint.router.value(), endpoint.port)] = peer;
        upstream[index(endpoint.router.value(), endpoint.port)] = peer;
    }
}

}  // namespace spikefab::noc
