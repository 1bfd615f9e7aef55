// SPDX-License-Identifier: Apache-2.0
// Reading coordinates off a topology.
#include "models/routing/grid_map.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

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

GridMap grid_map(const Topology& topology, std::string_view algorithm) {
    if (topology.grid().exists()) return GridMap{topology};
    throw InputError{
        fmt::format("routing '{}' needs routers on a grid (mesh, torus, ring), but the topology is a {}: use table or up_down",
                    algorithm, topology.family())};
}

GridMap mesh_map(const Topology& topology, std::string_view algorithm) {
    GridMap map = grid_map(topology, algorithm);
    if (!map.shape().wrap_x && !map.shape().wrap_y) return map;
    throw InputError{fmt::format("routing '{}' knows no way round a {}: use torus_dateline with 2 virtual channels, or up_down",
                                 algorithm, topology.family())};
}

}  // namespace spikefab
