// SPDX-License-Identifier: Apache-2.0
// Topologies: numbering of routers, ports and endpoints, channels both ways, faults.
#include "models/routing/topology_model.hpp"

#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikefab {
namespace {

TEST(Mesh, numbers_routers_from_the_south_west_corner_with_y_growing_north) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 4}");
    ASSERT_EQ(mesh.routers(), 32U);
    EXPECT_EQ(mesh.router(RouterId{12U}).x, 4);
    EXPECT_EQ(mesh.router(RouterId{12U}).y, 1);
    EXPECT_EQ(mesh.channel(mesh.channel_out(RouterId{12U}, grid_port::north)).to, RouterId{20U});
    EXPECT_EQ(mesh.channel(mesh.channel_out(RouterId{12U}, grid_port::west)).to, RouterId{11U});
    EXPECT_EQ(mesh.name(RouterId{12U}), "router 12 (x 4, y 1)");
}

TEST(Mesh, hands_cores_out_router_by_router_on_the_ports_after_the_links) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 4, cores_per_router: 4}");
    ASSERT_EQ(mesh.cores(), 128U);
    EXPECT_EQ(mesh.endpoint(CoreId{13U}).router, RouterId{3U});
    EXPECT_EQ(mesh.endpoint(CoreId{13U}).port, grid_port::count + 1);
    EXPECT_TRUE(mesh.is_local(RouterId{3U}, grid_port::count));
    EXPECT_FALSE(mesh.is_local(RouterId{3U}, grid_port::south));
}

TEST(Mesh, has_an_edge_port_for_every_link_that_its_border_lacks) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 4}");
    EXPECT_EQ(mesh.edge_ports(), 2U * (8 + 4));
    const Endpoint& first = mesh.endpoint(EndpointId{mesh.cores()});
    EXPECT_EQ(first.router, RouterId{0U});
    EXPECT_EQ(first.direction, Direction::west);
    EXPECT_EQ(mesh.name(EndpointId{mesh.cores()}), "west edge of router 0 (x 0, y 0)");
}

TEST(Mesh, every_channel_has_a_way_back_between_the_same_two_ports) {
    const Topology mesh = build_topology("{model: mesh, width: 5, height: 3}");
    EXPECT_EQ(mesh.channels().size(), 2U * (4 * 3 + 5 * 2));
    for (const Channel& channel : mesh.channels()) {
        const Channel& back = mesh.channel(mesh.channel_out(channel.to, channel.to_port));
        EXPECT_EQ(back.to, channel.from);
        EXPECT_EQ(back.to_port, channel.from_port);
    }
}

TEST(Torus, closes_rows_and_columns) {
    const Topology torus = build_topology("{model: torus, width: 4, height: 3}");
    EXPECT_EQ(torus.edge_ports(), 0U);
    EXPECT_EQ(torus.channel(torus.channel_out(RouterId{3U}, grid_port::east)).to, RouterId{0U});
    EXPECT_EQ(torus.channel(torus.channel_out(RouterId{1U}, grid_port::south)).to, RouterId{9U});
}

TEST(Ring, has_two_links_a_router_and_no_edge) {
    const Topology ring = build_topology("{model: ring, routers: 6}");
    EXPECT_EQ(ring.channels().size(), 12U);
    EXPECT_EQ(ring.edge_ports(), 0U);
    EXPECT_EQ(ring.ports(RouterId{0U}), 3U);
}

TEST(HostPort, comes_after_everything_else_and_moves_nothing) {
    const Topology torus = build_topology("{model: torus, width: 4, height: 3, cores_per_router: 2}");
    EXPECT_FALSE(torus.host_at(RouterId{5U}).valid());
    const Topology hosted = torus.with_host_port(RouterId{5U});
    ASSERT_EQ(hosted.endpoints().size(), torus.endpoints().size() + 1);
    EXPECT_EQ(hosted.cores(), torus.cores());
    EXPECT_EQ(hosted.edge_ports(), 0U);
    for (std::size_t index = 0; index < torus.endpoints().size(); ++index) {
        EXPECT_EQ(hosted.endpoint(EndpointId{index}).router, torus.endpoint(EndpointId{index}).router);
        EXPECT_EQ(hosted.endpoint(EndpointId{index}).port, torus.endpoint(EndpointId{index}).port);
    }
    const EndpointId host = hosted.host_at(RouterId{5U});
    EXPECT_EQ(host, EndpointId{24U});
    EXPECT_EQ(hosted.endpoint(host).port, 4U + 2U);
    EXPECT_EQ(hosted.name(host), "host port of router 5 (x 1, y 1)");
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 3}");
    EXPECT_EQ(mesh.name(mesh.host_at(RouterId{0U})), "west edge of router 0 (x 0, y 0)");
    EXPECT_FALSE(mesh.host_at(RouterId{5U}).valid());
    const Topology column = build_topology("{model: mesh, width: 1, height: 3}");
    EXPECT_EQ(column.name(column.host_at(RouterId{0U})), "west edge of router 0 (x 0, y 0)");
    EXPECT_EQ(mesh.name(mesh.host_at(RouterId{3U})), "east edge of router 3 (x 3, y 0)");
}

TEST(HostPort, refuses_a_dead_router) {
    const Topology torus = build_topology("{model: torus, width: 4, height: 3, faults: {routers: [2]}}");
    EXPECT_THAT(refusal([&] { return torus.with_host_port(RouterId{2U}); }), testing::HasSubstr("is dead"));
}

TEST(Faults, kill_a_link_both_ways_and_a_router_with_all_its_links) {
    const Topology mesh =
        build_topology("{model: mesh, width: 4, height: 4, faults: {links: [{router: 0, neighbour: 1}], routers: [5]}}");
    EXPECT_TRUE(mesh.faulty());
    EXPECT_TRUE(mesh.channel(mesh.channel_out(RouterId{0U}, grid_port::east)).dead);
    EXPECT_TRUE(mesh.channel(mesh.channel_out(RouterId{1U}, grid_port::west)).dead);
    EXPECT_TRUE(mesh.router(RouterId{5U}).dead);
    EXPECT_EQ(std::ranges::count_if(mesh.channels(), [](const Channel& channel) { return channel.dead; }), 2 + 8);
}

TEST(Faults, refuse_a_link_between_routers_that_are_no_neighbours) {
    EXPECT_THAT(refusal([] {
                    return build_topology("{model: mesh, width: 4, height: 4, faults: {links: [{router: 0, neighbour: 5}]}}");
                }),
                testing::HasSubstr("no link goes from router 0 to router 5"));
    EXPECT_THAT(refusal([] { return build_topology("{model: mesh, width: 4, height: 4, faults: {routers: [16]}}"); }),
                testing::HasSubstr("routers 0 to 15"));
}

}  // namespace
}  // namespace spikefab
