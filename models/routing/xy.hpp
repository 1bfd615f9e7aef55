// SPDX-License-Identifier: Apache-2.0
// Dimension-order routing on a mesh as inline functions, so that an engine's inner loop needs no call.
#pragma once

#include "models/routing/grid_map.hpp"

namespace spikefab {

/// The network port of the next hop, x first. `here` must differ from `there`.
[[nodiscard]] constexpr PortIndex xy_port(GridPoint here, GridPoint there) {
    if (there.x != here.x) return there.x > here.x ? grid_port::east : grid_port::west;
    return there.y > here.y ? grid_port::north : grid_port::south;
}

/// The same, y first.
[[nodiscard]] constexpr PortIndex yx_port(GridPoint here, GridPoint there) {
    if (there.y != here.y) return there.y > here.y ? grid_port::north : grid_port::south;
    return there.x > here.x ? grid_port::east : grid_port::west;
}

}  // namespace spikefab
