// SPDX-License-Identifier: Apache-2.0
// Bits times micrometres of wire.
#include "noc/wire_use.hpp"

#include "noc/noc_kit.hpp"
#include "noc/virtual_channel_engine.hpp"

#include <gtest/gtest.h>

namespace spikefab::noc {
namespace {

Options with_pitch(std::optional<TilePitch> pitch) {
    Options options;
    options.topology = ModelChoice<TopologyModel>{"mesh"};
    options.flit_bits = 32;
    options.tile_pitch = pitch;
    return options;
}

TEST(WireUse, counts_nothing_without_a_pitch) {
    EXPECT_FALSE((WireUse{with_pitch({}), mesh(3, 3)}.counts()));
}

TEST(WireUse, tells_the_two_sides_of_a_tile_apart) {
    const WireUse wires{with_pitch(TilePitch{.x = Length{240.0}, .y = Length{390.0}}), mesh(3, 3)};
    ASSERT_TRUE(wires.counts());
    EXPECT_FALSE(wires.needs_links());
    Counters counters;
    counters.hops = {7, 2, 3, 0};  // the seven in and out of cores have no length
    EXPECT_DOUBLE_EQ(wires.bit_micrometres(counters, {}), 32.0 * (2 * 240.0 + 3 * 390.0));
}

TEST(WireUse, knows_that_the_links_of_a_folded_torus_are_two_pitches_long) {
    const WireUse wires{with_pitch(TilePitch{.x = Length{100.0}, .y = {}}), grid("torus", {4, 4, true, true})};
    Counters counters;
    counters.hops = {0, 1, 1, 0};
    EXPECT_DOUBLE_EQ(wires.bit_micrometres(counters, {}), 32.0 * (200.0 + 200.0));
}

TEST(WireUse, counts_link_by_link_where_lengths_differ) {
    TopologyBuilder builder{"graph"};
    for (int router = 0; router < 3; ++router) builder.add_router(2, 1, router, 0);
    builder.link(RouterId{0U}, 0, RouterId{1U}, 0, Direction::other, Direction::other, 1.0F);
    builder.link(RouterId{1U}, 1, RouterId{2U}, 0, Direction::other, Direction::other, 2.5F);
    const Topology graph = builder.finish();
    const WireUse wires{with_pitch(TilePitch{.x = Length{100.0}, .y = {}}), graph};
    ASSERT_TRUE(wires.needs_links());
    Recorder sink;
    Plan plan = plan_for(graph, "up_down");
    plan.count_links = true;
    const auto engine = make_virtual_channel_engine(plan, Ways::by_algorithm, sink);
    engine->inject(0, packet_to(2), 0);
    engine->inject(1, packet_to(2), 0);
    engine->run_until(never);
    EXPECT_DOUBLE_EQ(wires.bit_micrometres(engine->counters(), engine->link_flits()), 32.0 * (100.0 + 2 * 250.0));
}

}  // namespace
}  // namespace spikefab::noc
