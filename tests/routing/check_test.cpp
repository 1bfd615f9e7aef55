// SPDX-License-Identifier: Apache-2.0
// The checks themselves: bad pairings are refused with the cycle or the pairs cut off, and what helps.
#include "models/routing/check.hpp"

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
    const RoutingReport sampled = report(mesh, "xy", 1, {.budget = 2'000'000});
    EXPECT_TRUE(sampled.sound()) << sampled.text();
    EXPECT_THAT(sampled.coverage, HasSubstr("of 4096 destinations (the border of a grid and an even spread)"));
    // The sample finds every dependency that XY has: straight on along x and y, and the four turns from x to y.
    const std::uint64_t straight = 2U * 62 * 64 * 2;
    const std::uint64_t turns = 4U * 63 * 63;
    EXPECT_THAT(sampled.coverage, HasSubstr(fmt::format("{} dependencies", straight + turns)));
}

/// Turns clockwise whenever it can: the textbook way into a deadlock.
class Carousel final : public RoutingAlgorithm {
public:
    void route(const Position& at, const Header& header, Route& route) const override {
        constexpr std::array<PortIndex, 4> clockwise{grid_port::north, grid_port::east, grid_port::west, grid_port::south};
        const std::uint32_t here = at.router.value();  // 0 and 1 in the south, 2 and 3 in the north
        if (here == header.destination.value()) return route.add(grid_port::count, 1);
        constexpr std::array<PortIndex, 4> next{clockwise[0], clockwise[2], clockwise[1], clockwise[3]};
        route.add(next[here], 1);
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
