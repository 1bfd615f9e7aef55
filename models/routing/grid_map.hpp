// SPDX-License-Identifier: Apache-2.0
// Coordinates of routers and endpoints, laid out for routing: one array access each.
#pragma once

#include "models/routing/topology.hpp"

#include <vector>

namespace spikefab {

struct GridPoint {
    std::int16_t x = 0;
    std::int16_t y = 0;
    bool operator==(const GridPoint&) const = default;
};

/// Where every router and every endpoint of a grid topology is.
class GridMap final {
public:
    explicit GridMap(const Topology& topology);

    [[nodiscard]] GridPoint of(RouterId router) const { return routers_[router.value()]; }
    [[nodiscard]] GridPoint of(EndpointId endpoint) const { return endpoints_[endpoint.value()].point; }
    /// The port by which packets leave the network at their destination.
    [[nodiscard]] PortIndex exit_port(EndpointId endpoint) const { return endpoints_[endpoint.value()].port; }
    [[nodiscard]] const GridShape& shape() const { return shape_; }

private:
    struct Target {
        GridPoint point;
        PortIndex port = 0;
    };
    GridShape shape_;
    std::vector<GridPoint> routers_;
    std::vector<Target> endpoints_;
};

/// The map of `topology`; InputError naming `algorithm` when it is no grid.
[[nodiscard]] GridMap grid_map(const Topology& topology, std::string_view algorithm);
/// The same; InputError also when a dimension wraps: for algorithms that know no way round.
[[nodiscard]] GridMap mesh_map(const Topology& topology, std::string_view algorithm);

/// The ways that bring a packet nearer on a mesh: at most one along x and one along y.
struct Productive {
    int dx = 0;  ///< hops to go, east positive
    int dy = 0;  ///< hops to go, north positive
    [[nodiscard]] PortIndex x_port() const { return dx > 0 ? grid_port::east : grid_port::west; }
    [[nodiscard]] PortIndex y_port() const { return dy > 0 ? grid_port::north : grid_port::south; }
};
[[nodiscard]] constexpr Productive productive(GridPoint here, GridPoint there) {
    return {there.x - here.x, there.y - here.y};
}

/// Hops to go from `here` to `there` along one dimension: negative to the west or south. In a ring of `size` routers
/// the shorter way round, east or north on a tie.
[[nodiscard]] constexpr int signed_hops(int here, int there, int size, bool wrap) {
    const int direct = there - here;
    if (!wrap) return direct;
    const int forward = direct < 0 ? direct + size : direct;
    return 2 * forward <= size ? forward : forward - size;
}

}  // namespace spikefab
