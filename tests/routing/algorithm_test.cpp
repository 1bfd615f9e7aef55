// SPDX-License-Identifier: Apache-2.0
// Routes that papers and hand calculation give, algorithm by algorithm.
#include "models/routing/xy.hpp"

#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikefab {
namespace {

using testing::ElementsAre;

TEST(Xy, goes_along_x_and_then_along_y) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 4}");
    const auto routing = make_routing("xy", mesh);
    EXPECT_THAT(path(mesh, *routing, EndpointId{0U}, EndpointId{10U}), ElementsAre(0, 1, 2, 6, 10));
    EXPECT_THAT(path(mesh, *routing, EndpointId{10U}, EndpointId{0U}), ElementsAre(10, 9, 8, 4, 0));
    EXPECT_THAT(path(mesh, *routing, EndpointId{5U}, EndpointId{5U}), ElementsAre(5));
}

TEST(Xy, leaves_by_the_port_of_the_destination_core_or_edge) {
    const Topology mesh = build_topology("{model: mesh, width: 2, height: 2, cores_per_router: 3}");
    const auto routing = make_routing("xy", mesh, 2);
    Route route;
    routing->route({RouterId{1U}, grid_port::west, 0}, {.source = EndpointId{0U}, .destination = EndpointId{5U}}, route);
    ASSERT_EQ(route.count, 1);
    EXPECT_EQ(route.options[0], (RouteOption{grid_port::count + 2, 0b11}));
    const EndpointId edge{mesh.cores()};
    EXPECT_THAT(path(mesh, *routing, EndpointId{11U}, edge), ElementsAre(3, 2, 0));
}

TEST(Xy, takes_the_shorter_way_round_where_rows_wrap) {
    const Topology torus = build_topology("{model: torus, width: 8, height: 1}");
    const auto routing = make_routing("xy", torus);
    EXPECT_THAT(path(torus, *routing, EndpointId{1U}, EndpointId{6U}), ElementsAre(1, 0, 7, 6));
    EXPECT_THAT(path(torus, *routing, EndpointId{1U}, EndpointId{5U}), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Xy, never_offers_a_dead_link) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 1, faults: {links: [{router: 1, neighbour: 2}]}}");
    const auto routing = make_routing("xy", mesh);
    Route route;
    routing->route({RouterId{1U}, grid_port::west, 0}, {.source = EndpointId{0U}, .destination = EndpointId{3U}}, route);
    EXPECT_TRUE(route.nowhere());
}

}  // namespace
}  // namespace spikefab
