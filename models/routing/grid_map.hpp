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

/// Hops to go from `here` to `there` along one dimension: negative to the west or south. In a ring of `size` routers
/// the shorter way round, east or north on a tie.
[[nodiscard]] constexpr int signed_hops(int here, int there, int size, bool wrap) {
    const int direct = there - here;
    if (!wrap) return direct;
    const int forward = direct < 0 ? direct + size : direct;
    return 2 * forward <= size ? forward : forward - size;
}

}  // namespace spikefab
