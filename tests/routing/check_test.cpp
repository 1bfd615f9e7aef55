// SPDX-License-Identifier: Apache-2.0
// The checks themselves: bad pairings are refused with the cycle or the pairs cut off, and what helps.
#include "models/routing/check.hpp"

#include "models/routing/turn_model.hpp"
#include "models/routing/xy.hpp"

#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spikefab {
namespace {

using testing::HasSubstr;

RoutingReport report(const Topology& topology, const std::string& routing, unsigned vcs, CheckOptions options = {}) {
    return check_routing(topology, *make_routing(routing, topology, vcs), vcs, {}, options);
}

TEST(CheckRouting, prints_the_cycle_of_xy_on_a_ring_without_a_dateline) {
    const Topology ring = build_topology("{model: ring, routers: 4}");
    const RoutingReport found = report(ring, "xy", 1);
    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_THAT(found.problems[0], HasSubstr("it can deadlock: 4 channels can wait for each other in a circle"));
    EXPECT_THAT(found.problems[0], HasSubstr("router 3 (x 3, y 0) -> east -> router 0 (x 0, y 0), channel 0"));
    EXPECT_THAT(found.problems[0], HasSubstr("torus_dateline with 2 virtual channels"));
}

TEST(CheckRouting, more_channels_alone_do_not_save_xy_on_a_torus) {
    const Topology torus = build_topology("{model: torus, width: 5, height: 5}");
    EXPECT_FALSE(report(torus, "xy", 4).sound());
    EXPECT_THAT(refusal([&] { require_sound_routing(torus, *make_routing("xy", torus, 4), 4); }),
                HasSubstr("this routing does not work on this torus"));
}

TEST(CheckRouting, a_ring_too_short_for_a_circle_is_sound) {
    EXPECT_TRUE(report(build_topology("{model: ring, routers: 3}"), "xy", 1).sound());
    EXPECT_TRUE(report(build_topology("{model: torus, width: 3, height: 3}"), "xy", 1).sound());
}

TEST(CheckRouting, names_the_pairs_that_a_dead_link_cuts_off) {
    const Topology mesh =
        build_topology("{model: mesh, width: 3, height: 2, faults: {links: [{router: 0, neighbour: 1, both_ways: false}]}}");
    const RoutingReport found = report(mesh, "xy", 1);
    // From router 0 to the two columns east of it: two rows each.
    EXPECT_EQ(found.cut_off, 4U);
    EXPECT_THAT(found.text(), HasSubstr("4 pairs of routers are cut off"));
    EXPECT_THAT(found.text(), HasSubstr("core 0 at router 0 (x 0, y 0) cannot reach core 1 at router 1 (x 1, y 0)"));
    EXPECT_THAT(found.text(), HasSubstr("use routing table or up_down"));
    EXPECT_THAT(found.text(), HasSubstr("dead: router 0 (x 0, y 0) -> east -> router 1 (x 1, y 0)"));
}

TEST(CheckRouting, accepts_cut_off_pairs_when_their_packets_may_be_dropped) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 2, faults: {links: [{router: 0, neighbour: 1}]}}");
    const RoutingReport found = report(mesh, "xy", 1, {.on_unreachable = OnUnreachable::drop});
    EXPECT_TRUE(found.sound());
    EXPECT_EQ(found.cut_off, 8U);
    EXPECT_THAT(found.text(), HasSubstr("will be dropped and counted"));
}

TEST(CheckRouting, leaves_out_the_cores_of_a_dead_router) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 1, faults: {routers: [0]}}");
    const RoutingReport found = report(mesh, "xy", 1);
    EXPECT_TRUE(found.sound()) << found.text();
    EXPECT_THAT(found.text(), HasSubstr("dead: router 0 (x 0, y 0) and its cores"));
    EXPECT_THAT(found.coverage, HasSubstr("2 of 2 destinations"));
}

TEST(CheckRouting, samples_the_destinations_of_a_huge_mesh_and_says_so) {
    const Topology mesh = build_topology("{model: mesh, width: 64, height: 64}");
    const RoutingReport sampled = report(mesh, "xy", 1, {});
    EXPECT_TRUE(sampled.sound()) << sampled.text();
    EXPECT_THAT(sampled.coverage, HasSubstr("of 4096 destinations (the border of a grid and an even spread)"));
    // The sample finds every dependency that XY has: straight on along x and y, and the four turns from x to y.
    const std::uint64_t straight = 2U * 62 * 64 * 2;
    const std::uint64_t turns = 4U * 63 * 63;
    EXPECT_THAT(sampled.coverage, HasSubstr(fmt::format("{} dependencies", straight + turns)));
}

TEST(CheckRouting, looks_at_a_spread_of_the_border_where_the_whole_would_take_minutes) {
    const Topology mesh = build_topology("{model: mesh, width: 512, height: 512}");
    const RoutingReport sampled = report(mesh, "xy", 1, {.budget = 100'000});
    EXPECT_TRUE(sampled.sound()) << sampled.text();
    EXPECT_THAT(sampled.coverage, HasSubstr("of 262144 destinations (an even spread, half of it on the border)"));
    EXPECT_LT(std::stoul(sampled.coverage), 30U);
}

/// Four routers, and every packet goes round them clockwise: the textbook way into a deadlock.
class Carousel final : public RoutingAlgorithm {
public:
    void route(const Position& at, const Header& header, Route& route) const override {
        // 0 and 1 lie in the south, 2 and 3 in the north.
        constexpr std::array<PortIndex, 4> next{grid_port::north, grid_port::west, grid_port::east, grid_port::south};
        const std::uint32_t here = at.router.value();
        route.add(here == header.destination.value() ? grid_port::count : next[here], 1);
    }
    [[nodiscard]] Header forward(const Position&, const Header& header, PortIndex) const override { return header; }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }

private:
    static constexpr RoutingClaims claims_{.minimal = false};
};

TEST(CheckRouting, finds_the_cycle_of_a_carousel_on_four_routers) {
    const Topology mesh = build_topology("{model: mesh, width: 2, height: 2}");
    const RoutingReport found = check_routing(mesh, Carousel{}, 1);
    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_THAT(found.problems[0], HasSubstr("it can deadlock: 4 channels"));
}

/// Any productive way on any channel, and an escape on channel 0 that is xy, or any productive way as well.
class Adaptive final : public RoutingAlgorithm {
public:
    Adaptive(const Topology& mesh, RoutingClaims claims, bool sound_escape)
        : map_{mesh}, claims_{claims}, sound_escape_{sound_escape} {}
    void route(const Position& at, const Header& header, Route& route) const override {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        if (here == there) return route.add(map_.exit_port(header.destination), 0b11);
        add_productive(productive(here, there), route, sound_escape_ ? 0b10 : 0b11);
        if (sound_escape_) route.add(xy_port(here, there), 0b01);
    }
    [[nodiscard]] Header forward(const Position&, const Header& header, PortIndex) const override { return header; }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }

private:
    GridMap map_;
    RoutingClaims claims_;
    bool sound_escape_;
};

TEST(CheckRouting, accepts_full_adaptivity_only_with_a_sound_escape_channel) {
    const Topology mesh = build_topology("{model: mesh, width: 4, height: 3}");
    const RoutingClaims with_escape{.deterministic = false, .escape = true};
    const RoutingClaims without{.deterministic = false};
    EXPECT_TRUE(check_routing(mesh, Adaptive{mesh, with_escape, true}, 2).sound());
    EXPECT_THAT(check_routing(mesh, Adaptive{mesh, without, true}, 2).text(), HasSubstr("can wait for each other in a circle"));
    EXPECT_THAT(check_routing(mesh, Adaptive{mesh, with_escape, false}, 2).text(),
                HasSubstr("the escape channels can wait for each other in a circle"));
}

/// Adaptive, with an escape channel only where something is left to do along x.
class LameEscape final : public RoutingAlgorithm {
public:
    explicit LameEscape(const Topology& mesh) : map_{mesh} {}
    void route(const Position& at, const Header& header, Route& route) const override {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        if (here == there) return route.add(map_.exit_port(header.destination), 0b11);
        add_productive(productive(here, there), route, 0b10);
        if (here.x != there.x) route.add(xy_port(here, there), 0b01);
    }
    [[nodiscard]] Header forward(const Position&, const Header& header, PortIndex) const override { return header; }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }

private:
    static constexpr RoutingClaims claims_{.deterministic = false, .escape = true};
    GridMap map_;
};

TEST(CheckRouting, names_a_place_where_the_escape_channel_cannot_be_asked_for) {
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 3}");
    EXPECT_THAT(check_routing(mesh, LameEscape{mesh}, 2).text(), HasSubstr("cannot ask for the escape channel 0"));
}

TEST(CheckRouting, table_routing_on_a_ring_with_chords_is_refused_and_up_down_is_not) {
    const Topology graph = build_topology(
        "{model: graph, routers: 6, links: [{router: 0, neighbour: 1}, {router: 1, neighbour: 2}, {router: 2, neighbour: 3}, "
        "{router: 3, neighbour: 4}, {router: 4, neighbour: 5}, {router: 5, neighbour: 0}]}");
    EXPECT_THAT(report(graph, "table", 1).text(), HasSubstr("use routing up_down"));
    EXPECT_TRUE(report(graph, "up_down", 1).sound());
}

TEST(CheckRouting, names_routers_that_no_link_reaches) {
    const Topology graph = build_topology("{model: graph, routers: 3, links: [{router: 0, neighbour: 1}]}");
    const RoutingReport found = report(graph, "up_down", 1);
    EXPECT_EQ(found.cut_off, 4U);
    EXPECT_THAT(found.text(), HasSubstr("core 2 at router 2 cannot reach core 0 at router 0"));
}

TEST(CheckRouting, follows_one_way_links) {
    const Topology circle = build_topology(
        "{model: graph, routers: 3, links: [{router: 0, neighbour: 1, one_way: true}, {router: 1, neighbour: 2, one_way: "
        "true}, "
        "{router: 2, neighbour: 0, one_way: true}]}");
    const RoutingReport found = report(circle, "table", 1);
    EXPECT_EQ(found.cut_off, 0U);
    EXPECT_THAT(found.text(), HasSubstr("it can deadlock: 3 channels"));
}

class Faulty : public testing::TestWithParam<const char*> {};

/// An 8 x 6 mesh with two dead routers, one of them in a corner, and four dead links; still in one piece.
constexpr const char* broken_mesh =
    "{model: mesh, width: 8, height: 6, faults: {routers: [0, 27], links: [{router: 9, neighbour: 10}, {router: 20, neighbour: "
    "28}, "
    "{router: 46, neighbour: 47, both_ways: false}, {router: 5, neighbour: 13}]}}";

TEST_P(Faulty, reroutes_round_everything_that_is_dead) {
    const Topology mesh = build_topology(broken_mesh);
    const RoutingReport found = report(mesh, GetParam(), 1);
    EXPECT_EQ(found.cut_off, 0U) << found.text();
    EXPECT_THAT(found.coverage, HasSubstr("46 of 46 destinations"));
}
INSTANTIATE_TEST_SUITE_P(All, Faulty, testing::Values("table", "up_down"));

TEST(FaultyMesh, up_down_stays_free_of_deadlock_round_faults_and_xy_names_who_is_cut_off) {
    const Topology mesh = build_topology(broken_mesh);
    EXPECT_TRUE(report(mesh, "up_down", 1).sound()) << report(mesh, "up_down", 1).text();
    const RoutingReport cut = report(mesh, "xy", 1);
    EXPECT_FALSE(cut.sound());
    EXPECT_GT(cut.cut_off, 8U);
    EXPECT_THAT(cut.text(), HasSubstr("... and"));
}

TEST(FaultyMesh, adaptive_routing_that_can_walk_into_a_dead_end_is_cut_off) {
    // From router 0 to router 5 west_first may go north first, and then finds the way east dead.
    const Topology mesh = build_topology("{model: mesh, width: 3, height: 2, faults: {links: [{router: 4, neighbour: 5}]}}");
    const RoutingReport found = report(mesh, "west_first", 1);
    EXPECT_FALSE(found.sound());
    EXPECT_THAT(found.text(), HasSubstr("core 0 at router 0 (x 0, y 0) may fail to reach core 5"));
}

/// Never arrives: goes east and comes back.
class Pendulum final : public RoutingAlgorithm {
public:
    void route(const Position& at, const Header&, Route& route) const override {
        route.add(at.router.value() == 0 ? grid_port::east : grid_port::west, 1);
    }
    [[nodiscard]] Header forward(const Position&, const Header& header, PortIndex) const override { return header; }
    [[nodiscard]] const RoutingClaims& claims() const override { return claims_; }

private:
    static constexpr RoutingClaims claims_{};
};

TEST(CheckRouting, notices_livelock_and_detours) {
    const Topology mesh = build_topology("{model: mesh, width: 2, height: 1}");
    const std::string text = check_routing(mesh, Pendulum{}, 1).text();
    EXPECT_THAT(text, HasSubstr("livelock"));
    EXPECT_THAT(text, HasSubstr("detour"));
}

}  // namespace
}  // namespace spikefab
