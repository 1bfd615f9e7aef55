// SPDX-License-Identifier: Apache-2.0
// Every file under configs/nocs describes a NoC that works, and what cannot work is refused with what would help.
#include "config/reader.hpp"
#include "models/routing/traffic.hpp"
#include "noc/check_options.hpp"
#include "noc/make_engine.hpp"
#include "noc/traffic_run.hpp"

#include "places.hpp"
#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace spikefab {
namespace {

using testing::HasSubstr;

const std::filesystem::path folder = std::filesystem::path{source_folder()} / "configs/nocs";

std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) names.push_back(entry.path().stem().string());
    return names;
}

class NocFile : public testing::TestWithParam<std::string> {};

TEST_P(NocFile, describes_a_noc_that_delivers_and_cannot_deadlock) {
    const auto options = config::read_file<noc::Options>(folder / (GetParam() + ".yaml"));
    const Topology topology = options.topology->build();
    EXPECT_EQ(refusal([&] { return noc::check_options(options, topology); }), "");
}

TEST_P(NocFile, carries_uniform_traffic_between_its_working_cores_and_drops_nothing) {
    const auto options = config::read_file<noc::Options>(folder / (GetParam() + ".yaml"));
    const Topology topology = options.topology->build();
    const auto pattern = Registry<TrafficModel>::instance().make("uniform")->make(traffic_site(topology));
    const auto injection = Registry<InjectionModel>::instance().make("bernoulli");
    const noc::TrafficLoad load{.pattern = pattern.get(),
                                .injection = injection.get(),
                                .rate = options.asynchronous ? 0.0002 : 0.002,
                                .sources = static_cast<std::uint32_t>(topology.cores()),
                                .flits = options.packet_flits,
                                .planes = options.planes,
                                .warmup = 0,
                                .measured = options.asynchronous ? 5000U : 500U};
    const noc::TrafficResult result =
        noc::run_traffic([&](noc::Sink& sink) { return noc::make_engine(options, topology, sink); }, load);
    EXPECT_EQ(result.stuck, "");
    EXPECT_GT(result.arrived, 0U);
    EXPECT_EQ(result.arrived, result.expected);
    EXPECT_EQ(result.counters.dropped, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, NocFile, testing::ValuesIn(files()));

noc::Options options(const std::string& yaml) {
    return config::read<noc::Options>(config::parse(yaml + ", clocked: {clock: 1 GHz}}", "test"));
}

std::string refused(const std::string& yaml) {
    const noc::Options read = options(yaml);
    return refusal([&] { return noc::check_options(read, read.topology->build()); });
}

TEST(NocOptions, that_deadlock_are_refused_with_the_cycle_and_a_remedy) {
    const std::string text = refused("{topology: {model: torus, width: 4, height: 4}, routing: xy");
    EXPECT_THAT(text, HasSubstr("noc: routing 'xy' on this torus: it can deadlock: 4 channels can wait for each other"));
    EXPECT_THAT(text, HasSubstr("use routing torus_dateline with 2 virtual channels"));
}

TEST(NocOptions, with_a_dead_link_are_refused_or_accepted_with_losses) {
    const std::string mesh =
        "{topology: {model: mesh, width: 3, height: 1, faults: {links: [{router: 0, neighbour: 1}]}}, routing: xy";
    EXPECT_THAT(refused(mesh), HasSubstr("4 pairs of routers are cut off"));
    EXPECT_EQ(refused(mesh + ", on_unreachable: drop"), "");
}

TEST(NocOptions, with_packets_longer_than_buffers_are_refused_where_a_head_waits_for_room) {
    const std::string mesh = "{topology: {model: mesh, width: 3, height: 3}, packet_flits: 5, buffer_depth: 4";
    EXPECT_EQ(refused(mesh), "");
    EXPECT_THAT(refused(mesh + ", switching: virtual_cut_through"), HasSubstr("raise buffer_depth to 5"));
}

TEST(NocOptions, with_multicast_take_packets_of_one_flit) {
    const std::string mesh = "{topology: {model: mesh, width: 3, height: 3}, routing: multicast_tree";
    EXPECT_EQ(refused(mesh), "");
    EXPECT_THAT(refused(mesh + ", packet_flits: 2"), HasSubstr("set packet_flits to 1 and widen the link"));
}

TEST(NocOptions, that_speculate_on_a_channel_which_comes_too_late_are_refused) {
    const auto refused_with = [](const std::string& settings) {
        const auto read = config::read<noc::Options>(
            config::parse("{topology: {model: mesh, width: 3, height: 3}, clocked: {clock: 1 GHz, vc_allocation: separate, "
                          "vc_allocation_delay: 2" +
                              settings + "}}",
                          "test"));
        return refusal([&] { return noc::check_options(read, read.topology->build()); });
    };
    EXPECT_THAT(refused_with(""), HasSubstr("set speculative to false"));
    EXPECT_EQ(refused_with(", switch_allocation_delay: 2"), "");
    EXPECT_EQ(refused_with(", speculative: false"), "");
}

TEST(NocOptions, with_routers_of_forwarders_say_everything_that_those_cannot_do) {
    const auto read = config::read<noc::Options>(config::parse(
        "{topology: {model: mesh, width: 3, height: 3, cores_per_router: 2}, routing: west_first, packet_flits: 5, "
        "virtual_channels: 2, staged: {clock: 1 GHz}}",
        "test"));
    const std::string text = refusal([&] { return noc::check_options(read, read.topology->build()); });
    EXPECT_THAT(text, HasSubstr("need a whole mesh with one core per router"));
    EXPECT_THAT(text, HasSubstr("not by 'west_first'"));
    EXPECT_THAT(text, HasSubstr("pass packets of one flit, not of 5"));
    EXPECT_THAT(text, HasSubstr("no virtual channels, but 2 are given"));
}

TEST(NocOptions, with_groups_need_a_routing_that_knows_groups) {
    const std::string mesh =
        "{topology: {model: mesh, width: 3, height: 3}, multicast: [{tag: 1, source: 0, destinations: [8]}]";
    EXPECT_THAT(refused(mesh), HasSubstr("routing 'xy' on this mesh: there are multicast groups, but this routing knows none"));
    EXPECT_EQ(refused(mesh + ", routing: multicast_tree"), "");
}

}  // namespace
}  // namespace spikefab
