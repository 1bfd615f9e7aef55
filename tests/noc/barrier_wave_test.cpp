// SPDX-License-Identifier: Apache-2.0
// The barrier's tree and how long its messages take, worked out by hand.
#include "noc/barrier_wave.hpp"

#include "base/error.hpp"
#include "noc/noc_kit.hpp"

#include <gtest/gtest.h>

namespace spikefab::noc {
namespace {

Options clocked_mesh() {
    Options options;
    options.topology = ModelChoice<TopologyModel>{"mesh"};
    options.clocked.emplace();  // 1 GHz, 3 cycles a hop
    return options;
}

std::vector<EndpointId> first_cores(std::uint32_t count) {
    std::vector<EndpointId> members;
    for (std::uint32_t core = 0; core < count; ++core) members.push_back(EndpointId{core});
    return members;
}

TEST(BarrierTree, hangs_everybody_below_the_member_in_the_middle) {
    const Topology line = mesh(5, 1);
    const BarrierTree tree = barrier_tree(line, first_cores(5));
    EXPECT_EQ(tree.root, 2U);
    EXPECT_EQ(tree.parent, (std::vector<std::size_t>{1, 2, 2, 2, 3}));
}

TEST(BarrierTree, skips_routers_that_take_no_part) {
    const Topology line = mesh(5, 1);
    const std::vector<EndpointId> members{EndpointId{0U}, EndpointId{4U}};
    const BarrierTree tree = barrier_tree(line, members);
    EXPECT_EQ(tree.root, 0U);
    EXPECT_EQ(tree.parent, (std::vector<std::size_t>{0, 0}));
}

TEST(BarrierTree, names_members_that_are_cut_off) {
    TopologyBuilder builder{"mesh"};
    add_grid(builder, {.width = 3, .height = 1}, 1);
    builder.kill_link(RouterId{1U}, RouterId{2U}).kill_link(RouterId{2U}, RouterId{1U});
    EXPECT_THROW(static_cast<void>(barrier_tree(builder.finish(), first_cores(3))), InputError);
}

TEST(BarrierWave, of_one_tile_sends_nothing_and_takes_no_time) {
    const BarrierWave wave = run_barrier(clocked_mesh(), mesh(3, 1), first_cores(1), Time{10.0});
    EXPECT_EQ(wave.messages, 0U);
    EXPECT_EQ(wave.duration, Time{});
    EXPECT_EQ(wave.counters.router_visits, 0U);
}

TEST(BarrierWave, goes_up_and_down_with_a_handling_at_each_end) {
    // Two routers, 3 cycles each, 10 ns of handling; there and back.
    const BarrierWave two = run_barrier(clocked_mesh(), mesh(2, 1), first_cores(2), Time{10.0});
    EXPECT_EQ(two.messages, 2U);
    EXPECT_EQ(two.duration, Time{2.0 * (2 * 3 + 10)});
    EXPECT_EQ(two.counters.router_visits, 4U);
    // Five in a line: two levels each way; the middle takes the second of two messages a cycle later, and sends it so.
    const BarrierWave five = run_barrier(clocked_mesh(), mesh(5, 1), first_cores(5), Time{10.0});
    EXPECT_EQ(five.messages, 8U);
    EXPECT_EQ(five.duration, Time{4.0 * (2 * 3 + 10) + 1 + 1});
    EXPECT_EQ(five.counters.injected, five.counters.delivered);
}

TEST(BarrierWave, waits_where_several_messages_come_to_one_parent) {
    // Four neighbours of the middle: the last of four messages leaves its ejection port three cycles after the first.
    const Topology cross = mesh(3, 3);
    const std::vector<EndpointId> members{EndpointId{1U}, EndpointId{3U}, EndpointId{4U}, EndpointId{5U}, EndpointId{7U}};
    const BarrierWave wave = run_barrier(clocked_mesh(), cross, members, Time{10.0});
    // Going down, the root's four messages leave one after the other.
    EXPECT_EQ(wave.duration, Time{(2.0 * 3 + 3 + 10) + (2.0 * 3 + 3 + 10)});
}

}  // namespace
}  // namespace spikefab::noc
