// SPDX-License-Identifier: Apache-2.0
// Routes that papers and hand calculation give, algorithm by algorithm.
#include "models/routing/relative_address.hpp"

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

/// Ports offered at `router` to a packet that came in by `in`, in order of preference.
std::vector<PortIndex> offered(const RoutingAlgorithm& routing, std::uint32_t router, PortIndex in, std::uint32_t destination,
                               std::uint32_t choice = 0) {
    Route route;
    const Header header{.source = EndpointId{0U}, .destination = EndpointId{destination}, .choice = choice};
    routing.route({.router = RouterId{router}, .in_port = in}, header, route);
    std::vector<PortIndex> ports;
    for (const RouteOption& option : route.choices()) ports.push_back(option.port);
    return ports;
}

constexpr PortIndex local = grid_port::count;
using grid_port::east;
using grid_port::north;
using grid_port::south;
using grid_port::west;

TEST(Yx, goes_along_y_and_then_along_x) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 4}");
    EXPECT_THAT(path(mesh, *make_routing("yx", mesh), EndpointId{0U}, EndpointId{10U}), ElementsAre(0, 4, 8, 9, 10));
}

TEST(O1Turn, even_choices_go_xy_on_the_lower_channels_and_odd_ones_yx_on_the_upper) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 4}");
    const auto routing = make_routing("o1turn", mesh, 4);
    EXPECT_THAT(path(mesh, *routing, EndpointId{0U}, EndpointId{10U}, 6), ElementsAre(0, 1, 2, 6, 10));
    EXPECT_THAT(path(mesh, *routing, EndpointId{0U}, EndpointId{10U}, 7), ElementsAre(0, 4, 8, 9, 10));
    Route lower;
    routing->route({.router = RouterId{0U}}, {.destination = EndpointId{10U}, .choice = 0}, lower);
    EXPECT_EQ(lower.options[0].vcs, 0b0011);
    Route upper;
    routing->route({.router = RouterId{0U}}, {.destination = EndpointId{10U}, .choice = 1}, upper);
    EXPECT_EQ(upper.options[0].vcs, 0b1100);
}

// In all of these router 27 of an 8 x 8 mesh is (3, 3).
TEST(WestFirst, goes_only_west_while_it_must_and_is_adaptive_afterwards) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 8}");
    const auto routing = make_routing("west_first", mesh);
    EXPECT_THAT(offered(*routing, 27, local, 8 * 5 + 1), ElementsAre(west));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 1 + 1), ElementsAre(west));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 5 + 7), ElementsAre(east, north));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 0 + 4), ElementsAre(south, east));
}

TEST(NorthLast, goes_north_only_when_nothing_else_is_left) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 8}");
    const auto routing = make_routing("north_last", mesh);
    EXPECT_THAT(offered(*routing, 27, local, 8 * 7 + 4), ElementsAre(east));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 7 + 3), ElementsAre(north));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 1 + 1), ElementsAre(west, south));
}

TEST(NegativeFirst, makes_its_west_and_south_hops_before_its_east_and_north_hops) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 8}");
    const auto routing = make_routing("negative_first", mesh);
    EXPECT_THAT(offered(*routing, 27, local, 8 * 5 + 1), ElementsAre(west));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 1 + 5), ElementsAre(south));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 1 + 1), ElementsAre(west, south));
    EXPECT_THAT(offered(*routing, 27, local, 8 * 5 + 5), ElementsAre(east, north));
}

/// Chiu's ROUTE (IEEE TPDS 11(7), 2000, figure 2), with the source column that it asks for.
std::vector<PortIndex> chiu(int column, int source_column, int row, int goal_column, int goal_row) {
    const int e0 = goal_column - column;
    const int e1 = goal_row - row;
    const PortIndex vertical = e1 > 0 ? north : south;
    std::vector<PortIndex> available;
    if (e0 == 0) {
        available.push_back(vertical);
    } else if (e0 > 0) {
        if (e1 == 0) {
            available.push_back(east);
        } else {
            if (column % 2 == 1 || column == source_column) available.push_back(vertical);
            if (goal_column % 2 == 1 || e0 != 1) available.push_back(east);
        }
    } else {
        available.push_back(west);
        if (column % 2 == 0 && e1 != 0) available.push_back(vertical);
    }
    return available;
}

/// Follows every path from `source` to `goal` and compares each step with Chiu's function.
void compare_with_chiu(const Topology& mesh, const RoutingAlgorithm& routing, std::uint32_t source, std::uint32_t goal) {
    std::vector<Position> open{{.router = RouterId{source}, .in_port = local}};
    while (!open.empty()) {
        const Position at = open.back();
        open.pop_back();
        const std::uint32_t here = at.router.value();
        if (here == goal) continue;
        const auto ports = offered(routing, here, at.in_port, goal);
        ASSERT_THAT(ports, testing::UnorderedElementsAreArray(chiu(static_cast<int>(here % 7), static_cast<int>(source % 7),
                                                                   static_cast<int>(here / 7), static_cast<int>(goal % 7),
                                                                   static_cast<int>(goal / 7))));
        for (const PortIndex port : ports) {
            const Channel& channel = mesh.channel(mesh.channel_out(at.router, port));
            open.push_back({.router = channel.to, .in_port = channel.to_port});
        }
    }
}

TEST(OddEven, is_chius_minimal_routing_function_for_all_pairs_and_paths) {
    const Topology mesh = build_topology("{model: mesh, width: 7, height: 5}");
    const auto routing = make_routing("odd_even", mesh);
    for (std::uint32_t source = 0; source < 35; ++source)
        for (std::uint32_t goal = 0; goal < 35; ++goal) compare_with_chiu(mesh, *routing, source, goal);
}

TEST(MinimalAdaptive, offers_adaptive_channels_first_and_xy_on_channel_zero_last) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 8}");
    const auto routing = make_routing("minimal_adaptive", mesh, 3);
    Route route;
    routing->route({.router = RouterId{27U}}, {.destination = EndpointId{8U * 7 + 4}}, route);
    EXPECT_THAT(route.choices(), ElementsAre(RouteOption{north, 0b110}, RouteOption{east, 0b110}, RouteOption{east, 0b001}));
}

TEST(TorusDateline, changes_channel_where_it_crosses_the_closing_link) {
    const Topology ring = build_topology("{model: ring, routers: 8}");
    const auto routing = make_routing("torus_dateline", ring, 2);
    const auto channels = [&](std::uint32_t router, std::uint32_t goal) {
        Route route;
        routing->route({.router = RouterId{router}}, {.destination = EndpointId{goal}}, route);
        return std::pair{route.options[0].port, route.options[0].vcs};
    };
    EXPECT_EQ(channels(6, 1), std::pair(east, VcMask{0b01}));
    EXPECT_EQ(channels(7, 1), std::pair(east, VcMask{0b01}));
    EXPECT_EQ(channels(0, 1), std::pair(east, VcMask{0b10}));
    EXPECT_EQ(channels(1, 6), std::pair(west, VcMask{0b01}));
    EXPECT_EQ(channels(7, 6), std::pair(west, VcMask{0b10}));
}

TEST(Relative, counts_dx_and_dy_down_hop_by_hop) {
    const Topology mesh = build_topology("{model: mesh, width: 8, height: 8}");
    const auto routing = make_routing("relative", mesh);
    Header header = routing->prepare({.source = EndpointId{8U * 2 + 5}, .destination = EndpointId{8U * 4 + 3}});
    EXPECT_EQ(unpack_relative(header.tag), (RelativeAddress{-2, 2}));
    header = routing->forward({.router = RouterId{8U * 2 + 5}}, header, west);
    EXPECT_EQ(unpack_relative(header.tag), (RelativeAddress{-1, 2}));
    EXPECT_THAT(path(mesh, *routing, EndpointId{8U * 2 + 5}, EndpointId{8U * 4 + 3}), ElementsAre(21, 20, 19, 27, 35));
}

TEST(Relative, refuses_a_mesh_that_its_bits_cannot_span) {
    const Topology wide = build_topology("{model: mesh, width: 257, height: 2}");
    EXPECT_THAT(refusal([&] { return make_routing("relative", wide); }), testing::HasSubstr("reaches 255 hops"));
    EXPECT_EQ(refusal([&] { return make_routing("{model: relative, bits: 10}", wide); }), "");
}

TEST(Tree, climbs_to_the_nearest_common_ancestor_and_crosses_between_trees_by_xy) {
    // Leaves 0 to 7, level 1 routers 8 to 11, level 2 roots 12 and 13.
    const Topology tree = build_topology("{model: tree, children: [2, 2], mesh_width: 2}");
    const auto routing = make_routing("tree", tree);
    EXPECT_THAT(path(tree, *routing, EndpointId{0U}, EndpointId{1U}), ElementsAre(0, 8, 1));
    EXPECT_THAT(path(tree, *routing, EndpointId{0U}, EndpointId{3U}), ElementsAre(0, 8, 12, 9, 3));
    EXPECT_THAT(path(tree, *routing, EndpointId{0U}, EndpointId{6U}), ElementsAre(0, 8, 12, 13, 11, 6));
}

TEST(FatTree, offers_every_parent_on_the_way_up_the_destinations_own_first_and_one_child_down) {
    // A 3-ary 3-tree has 9 switches a level; switch (0, 4) is 11 to base 3, core 7's is (0, 7) = 21.
    const Topology tree = build_topology("{model: fat_tree, arity: 3, levels: 3, cores_per_router: 1}");
    const auto routing = make_routing("fat_tree", tree);
    EXPECT_THAT(offered(*routing, 4, 3, 7), ElementsAre(1, 2, 0));
    EXPECT_THAT(offered(*routing, 9 + 4, 0, 7), ElementsAre(3 + 2, 3 + 0, 3 + 1));
    EXPECT_THAT(offered(*routing, 18 + 7, 1, 7), ElementsAre(2));
    EXPECT_THAT(offered(*routing, 9 + 7, 3, 7), ElementsAre(1));
}

TEST(Table, is_xy_on_a_sound_mesh) {
    const Topology mesh = build_topology("{model: mesh, width: 5, height: 4}");
    const auto table = make_routing("table", mesh);
    const auto xy = make_routing("xy", mesh);
    for (std::uint32_t source = 0; source < 20; ++source)
        for (std::uint32_t goal = 0; goal < 20; ++goal)
            EXPECT_EQ(path(mesh, *table, EndpointId{source}, EndpointId{goal}),
                      path(mesh, *xy, EndpointId{source}, EndpointId{goal}));
}

TEST(Table, goes_round_a_dead_link_and_follows_entries_written_by_hand) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 2, faults: {links: [{router: 0, neighbour: 1}]}}");
    EXPECT_THAT(path(mesh, *make_routing("table", mesh), EndpointId{0U}, EndpointId{1U}), ElementsAre(0, 3, 4, 1));
    const std::string by_hand = "{model: table, entries: [{router: 3, target: 2, next: 4}, {router: 4, target: 2, next: 5}]}";
    EXPECT_THAT(path(mesh, *make_routing(by_hand, mesh), EndpointId{0U}, EndpointId{2U}), ElementsAre(0, 3, 4, 5, 2));
    EXPECT_THAT(refusal([&] { return make_routing("{model: table, entries: [{router: 0, target: 2, next: 4}]}", mesh); }),
                testing::HasSubstr("no link goes there"));
}

TEST(UpDown, never_goes_up_after_it_went_down) {
    const Topology graph = build_topology(
        "{model: graph, routers: 5, links: [{router: 0, neighbour: 1}, {router: 1, neighbour: 2}, {router: 2, neighbour: 3}, "
        "{router: 3, neighbour: 4}, {router: 4, neighbour: 0}]}");
    // From root 0 the ranks are 0, 1 (router 1), 2 (router 4), 3 (router 2), 4 (router 3). Between 2 and 4 the short way by
    // router 3 goes down and up again, so the legal way is by the root.
    const auto routing = make_routing("up_down", graph);
    EXPECT_THAT(path(graph, *routing, EndpointId{2U}, EndpointId{4U}), ElementsAre(2, 1, 0, 4));
    EXPECT_THAT(path(graph, *routing, EndpointId{1U}, EndpointId{3U}), ElementsAre(1, 2, 3));
    EXPECT_THAT(refusal([&] { return make_routing("{model: up_down, root: 5}", graph); }),
                testing::HasSubstr("root 5 does not exist"));
}

TEST(Routings, refuse_topologies_and_channels_that_they_cannot_be_built_for) {
    const Topology tree = build_topology("{model: tree, children: [2]}");
    const Topology torus = build_topology("{model: torus, width: 4, height: 4}");
    EXPECT_THAT(refusal([&] { return make_routing("xy", tree); }), testing::HasSubstr("needs routers on a grid"));
    EXPECT_THAT(refusal([&] { return make_routing("odd_even", torus); }), testing::HasSubstr("knows no way round a torus"));
    EXPECT_THAT(refusal([&] { return make_routing("fat_tree", tree); }), testing::HasSubstr("needs a fat_tree"));
    EXPECT_THAT(refusal([&] { return make_routing("tree", torus); }), testing::HasSubstr("needs a tree"));
    EXPECT_THAT(refusal([&] { return make_routing("torus_dateline", torus, 1); }),
                testing::HasSubstr("needs 2 virtual channels to be free of deadlock, but there is 1"));
    EXPECT_THAT(refusal([&] { return make_routing("xy", torus, 17); }), testing::HasSubstr("give 1 to 16"));
}

}  // namespace
}  // namespace spikefab
