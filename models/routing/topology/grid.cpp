// SPDX-License-Identifier: Apache-2.0
// Building grids of routers.
#include "models/routing/topology/grid.hpp"

namespace spikefab {

void add_grid(TopologyBuilder& builder, GridShape shape, std::uint32_t cores_per_router) {
    const auto [width, height, wrap_x, wrap_y] = shape;
    builder.grid(shape);
    const bool ring = wrap_x && !wrap_y && height == 1;  // a ring's routers have no ports to the north and south
    const std::uint32_t network_ports = ring ? grid_port::west + 1 : grid_port::count;
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x)
            builder.add_router(network_ports, cores_per_router, static_cast<std::int32_t>(x), static_cast<std::int32_t>(y));

    const auto at = [width = width](std::uint32_t x, std::uint32_t y) { return RouterId{y * width + x}; };
    // The closing link of a folded ring is as long as the others: neighbours sit two pitches apart (Dally and Towles,
    // Principles and Practices of Interconnection Networks, 2004, section 5.3).
    const float length_x = wrap_x ? 2.0F : 1.0F;
    const float length_y = wrap_y ? 2.0F : 1.0F;
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            if (x + 1 < width || (wrap_x && width > 1))
                builder.link(at(x, y), grid_port::east, at((x + 1) % width, y), grid_port::west, Direction::east,
                             Direction::west, length_x);
            if (y + 1 < height || (wrap_y && height > 1))
                builder.link(at(x, y), grid_port::north, at(x, (y + 1) % height), grid_port::south, Direction::north,
                             Direction::south, length_y);
        }
    }
}

}  // namespace spikefab
