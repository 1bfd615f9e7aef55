// SPDX-License-Identifier: Apache-2.0
// What mesh, torus and ring share: routers on a grid with links to the four compass neighbours.
#pragma once

#include "models/routing/topology_model.hpp"

namespace spikefab {

inline constexpr Bounds grid_side{1, 1024};
inline constexpr Bounds cores_of_router{1, port_limit - grid_port::count};

/// Adds the routers row by row from the south-west corner, then their links; wrapped dimensions close into rings.
/// A dimension of one router has no links.
void add_grid(TopologyBuilder& builder, GridShape shape, std::uint32_t cores_per_router);

}  // namespace spikefab
