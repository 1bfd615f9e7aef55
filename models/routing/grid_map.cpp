// SPDX-License-Identifier: Apache-2.0
// Reading coordinates off a topology.
#include "models/routing/grid_map.hpp"

namespace spikefab {

GridMap::GridMap(const Topology& topology) : shape_{topology.grid()} {
    routers_.reserve(topology.routers());
    for (std::size_t index = 0; index < topology.routers(); ++index) {
        const Router& router = topology.router(RouterId{index});
        routers_.push_back({static_cast<std::int16_t>(router.x), static_cast<std::int16_t>(router.y)});
    }
    endpoints_.reserve(topology.endpoints().size());
    for (const Endpoint& endpoint : topology.endpoints()) endpoints_.push_back({of(endpoint.router), endpoint.port});
}

}  // namespace spikefab
