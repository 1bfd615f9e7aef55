// SPDX-License-Identifier: Apache-2.0
// Multicast: every destination gets exactly one copy, along the trees and with the tables that the papers describe.
#include "models/routing/check.hpp"
#include "models/routing/multicast_forest.hpp"
#include "models/routing/multicast_group.hpp"
#include "models/routing/ternary_table.hpp"

#include "base/random.hpp"
#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

namespace spikefab {
namespace {

using testing::HasSubstr;

MulticastGroup group(std::uint32_t tag, std::uint32_t source, const std::vector<std::uint32_t>& cores) {
    MulticastGroup made{.tag = tag, .source = EndpointId{source}};
    for (const std::uint32_t core : cores) made.destinations.push_back(EndpointId{core});
    return made;
}

/// Groups of random size from random sources, reproducible.
std::vector<MulticastGroup> random_groups(const Topology& topology, std::uint32_t count) {
    std::vector<MulticastGroup> groups;
    const auto cores = static_cast<std::uint32_t>(topology.cores());
    for (std::uint32_t tag = 0; tag < count; ++tag) {
        Rng rng{1, "groups", tag};
        MulticastGroup made{.tag = tag, .source = EndpointId{rng.below(cores)}};
        const std::uint32_t share = 1 + rng.below(4);
        for (std::uint32_t core = 0; core < cores; ++core)
            if (rng.below(4) < share) made.destinations.push_back(EndpointId{core});
        groups.push_back(made);
    }
    return groups;
}

std::uint64_t ports(std::initializer_list<PortIndex> list) {
    std::uint64_t set = 0;
    for (const PortIndex port : list) set |= std::uint64_t{1} << port;
    return set;
}

std::uint64_t copies(const RoutingAlgorithm& routing, std::uint32_t router, PortIndex in, std::uint32_t tag) {
    Route route;
    routing.route({.router = RouterId{router}, .in_port = in}, {.source = EndpointId{0U}, .tag = tag}, route);
    EXPECT_EQ(route.count, 0);
    return route.copies;
}

constexpr PortIndex local = grid_port::count;

class MulticastConformance : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(MulticastConformance, gives_every_destination_of_random_groups_one_copy_without_deadlock) {
    const Topology topology = build_topology(GetParam().second);
    const auto groups = random_groups(topology, 60);
    const auto routing = make_routing(GetParam().first, topology, 1, groups);
    const RoutingReport report = check_routing(topology, *routing, 1, groups);
    EXPECT_TRUE(report.sound()) << report.text();
    EXPECT_THAT(report.coverage, HasSubstr("60 multicast groups"));
}

INSTANTIATE_TEST_SUITE_P(All, MulticastConformance,
                         testing::Values(std::pair{"multicast_tree", "{model: mesh, width: 6, height: 5, cores_per_router: 2}"},
                                         std::pair{"multicast_tree", "{model: tree, children: [4, 2], mesh_width: 2}"},
                                         std::pair{"multicast_tree", "{model: fat_tree, arity: 3, levels: 3}"},
                                         std::pair{"multicast_table",
                                                   "{model: mesh, width: 6, height: 5, cores_per_router: 2}"}));

TEST(MulticastTree, copies_where_xy_paths_part) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 3}");
    const std::vector groups{group(9, 4, {4, 6, 7, 10, 2})};
    const auto routing = make_routing("multicast_tree", mesh, 1, groups);
    EXPECT_EQ(copies(*routing, 4, local, 9), ports({grid_port::east, local}));
    EXPECT_EQ(copies(*routing, 5, grid_port::west, 9), ports({grid_port::east}));
    EXPECT_EQ(copies(*routing, 6, grid_port::west, 9), ports({grid_port::east, grid_port::north, grid_port::south, local}));
    EXPECT_EQ(copies(*routing, 10, grid_port::south, 9), ports({local}));
    EXPECT_EQ(copies(*routing, 8, local, 9), 0U);
}

TEST(MulticastTree, its_paths_are_those_of_xy) {
    const Topology mesh = build_topology("{model: mesh, width: 5, height: 5}");
    const auto xy = make_routing("xy", mesh);
    for (std::uint32_t source = 0; source < 25; ++source) {
        for (std::uint32_t core = 0; core < 25; ++core) {
            const std::vector groups{group(1, source, {core})};
            const auto visited = path(mesh, *xy, EndpointId{source}, EndpointId{core});
            const MulticastForest forest{mesh, groups};
            ASSERT_EQ(forest.tree(1).size(), visited.size());
            for (const Branch& branch : forest.tree(1)) ASSERT_THAT(visited, testing::Contains(branch.router.value()));
        }
    }
}

TEST(MulticastTree, a_header_that_carries_the_tree_has_a_bit_for_every_port_on_the_way) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 1}");
    const std::vector groups{group(1, 0, {2})};
    EXPECT_EQ(source_route_bits(mesh, MulticastForest(mesh, groups).tree(1)), 3U * 5);
}

TEST(MulticastTree, goes_round_a_dead_link) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 2, faults: {links: [{router: 0, neighbour: 1}]}}");
    const std::vector groups{group(1, 0, {1, 2})};
    const auto routing = make_routing("multicast_tree", mesh, 1, groups);
    EXPECT_EQ(copies(*routing, 0, local, 1), ports({grid_port::north}));
    EXPECT_EQ(check_routing(mesh, *routing, 1, groups).cut_off, 0U);
}

TEST(Multicast, a_destination_without_a_way_is_named) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 1, faults: {links: [{router: 1, neighbour: 2}]}}");
    const std::vector groups{group(1, 0, {1, 2})};
    const auto routing = make_routing("multicast_tree", mesh, 1, groups);
    const RoutingReport report = check_routing(mesh, *routing, 1, groups);
    EXPECT_FALSE(report.sound());
    EXPECT_EQ(report.cut_off, 4U + 1U);  // four unicast pairs, and the group's core 2
}

TEST(Multicast, refuses_a_tag_used_twice_and_a_core_named_twice) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 1}");
    const std::vector twice{group(1, 0, {1}), group(1, 2, {1})};
    EXPECT_THAT(refusal([&] { return make_routing("multicast_tree", mesh, 1, twice); }),
                HasSubstr("two multicast groups have tag 1"));
    const std::vector doubled{group(1, 0, {1, 1})};
    EXPECT_THAT(refusal([&] { return make_routing("multicast_table", mesh, 1, doubled); }), HasSubstr("names core 1 twice"));
}

TEST(MulticastTable, a_key_without_entry_goes_straight_on) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 4}");
    const auto routing = make_routing("multicast_table", mesh);
    EXPECT_EQ(copies(*routing, 5, grid_port::west, 77), ports({grid_port::east}));
    EXPECT_EQ(copies(*routing, 5, grid_port::north, 77), ports({grid_port::south}));
    EXPECT_EQ(copies(*routing, 7, grid_port::west, 77), 0U);  // the chip ends here
    EXPECT_EQ(copies(*routing, 5, local, 77), 0U);
}

TEST(MulticastTable, routers_passed_straight_need_no_entry) {
    const Topology mesh = build_topology("{model: mesh, width: 9, height: 1}");
    std::vector<MulticastGroup> groups;
    // Tags 0 and 3 differ in two bits and go to different cores, so nothing merges at the source: two entries there.
    groups.push_back(group(0, 0, {8}));
    groups.push_back(group(3, 0, {7}));
    EXPECT_EQ(refusal([&] { return make_routing("{model: multicast_table, entries: 2}", mesh, 1, groups); }), "");
    EXPECT_THAT(refusal([&] { return make_routing("{model: multicast_table, entries: 1}", mesh, 1, groups); }),
                HasSubstr("router 0 (x 0, y 0) needs 2 table entries for 2 multicast tags, but has 1"));
}

TEST(TernaryTable, merges_keys_that_differ_in_one_bit_and_matches_no_key_that_did_not_match_before) {
    std::vector<TernaryEntry> exact;
    for (std::uint32_t key = 0; key < 64; ++key)
        if (key % 8 != 5) exact.push_back({.key = key, .ports = key < 32 ? 1U : 2U});
    const TernaryTable table{exact};
    EXPECT_LE(table.entries().size(), 2U * 3);  // seven of eight keys are 4 + 2 + 1
    for (std::uint32_t key = 0; key < 256; ++key) {
        const bool known = key < 64 && key % 8 != 5;
        EXPECT_EQ(table.look_up(key), known ? std::optional<std::uint64_t>{key < 32 ? 1U : 2U} : std::nullopt) << key;
    }
}

TEST(TernaryTable, packs_a_thousand_consecutive_keys_of_one_source_into_few_entries) {
    std::vector<TernaryEntry> exact;
    for (std::uint32_t key = 0; key < 1024; ++key) exact.push_back({.key = key, .ports = 4});
    const TernaryTable table{exact};
    ASSERT_EQ(table.entries().size(), 1U);
    EXPECT_EQ(table.entries()[0], (TernaryEntry{.key = 0, .mask = 0xfffffc00U, .ports = 4}));
}

TEST(TreeTag, climbs_to_the_chip_and_spreads_over_the_cores_of_its_mask) {
    // DYNAP-SE: four cores a chip, here two chips side by side; routers 0 to 7 are cores, 8 and 9 chips.
    const Topology tree = build_topology("{model: tree, children: [4], mesh_width: 2}");
    const std::vector groups{group(5, 0, {5, 7}), group(6, 6, {4, 5, 6, 7})};
    const auto routing = make_routing("tree_tag", tree, 1, groups);
    const PortIndex up = 0;
    const PortIndex core = 1;
    EXPECT_EQ(copies(*routing, 0, core, 5), ports({up}));
    EXPECT_EQ(copies(*routing, 8, 0, 5), ports({4 + grid_port::east}));
    EXPECT_EQ(copies(*routing, 9, 4 + grid_port::west, 5), ports({1, 3}));
    EXPECT_EQ(copies(*routing, 5, up, 5), ports({core}));
    EXPECT_EQ(copies(*routing, 6, core, 6), ports({up}));
    EXPECT_EQ(copies(*routing, 9, 2, 6), ports({0, 1, 2, 3}));
    EXPECT_TRUE(check_routing(tree, *routing, 1, groups).sound());
}

TEST(TreeTag, broadcasts_below_a_router_two_levels_up) {
    const Topology tree = build_topology("{model: tree, children: [2, 2], cores_per_router: 2}");
    const std::vector groups{group(1, 0, {0, 1, 2, 3, 4, 5, 6, 7}), group(2, 7, {0, 1, 2, 3}), group(3, 3, {2, 3}),
                             group(4, 1, {1})};
    const auto routing = make_routing("tree_tag", tree, 1, groups);
    const RoutingReport report = check_routing(tree, *routing, 1, groups);
    EXPECT_TRUE(report.sound()) << report.text();
}

TEST(TreeTag, refuses_a_group_that_is_no_set_of_whole_subtrees) {
    const Topology tree = build_topology("{model: tree, children: [2, 2], mesh_width: 2}");
    const std::vector partial{group(1, 0, {0, 2})};
    EXPECT_THAT(refusal([&] { return make_routing("tree_tag", tree, 1, partial); }), HasSubstr("reaches 4 cores, but names 2"));
    const std::vector across{group(1, 0, {0, 4})};
    EXPECT_THAT(refusal([&] { return make_routing("tree_tag", tree, 1, across); }),
                HasSubstr("split it into one tag per tree"));
}

TEST(MulticastGroups, from_yaml_refuse_a_core_that_does_not_exist) {
    const Topology mesh = build_topology("{model: mesh, width: 2, height: 2}");
    const std::vector<MulticastGroupOptions> options{{.tag = 3, .source = 0, .destinations = {1, 4}}};
    EXPECT_THAT(refusal([&] { return multicast_groups(options, mesh); }),
                HasSubstr("multicast tag 3 names core 4, but the mesh has cores 0 to 3"));
}

}  // namespace
}  // namespace spikefab
