// SPDX-License-Identifier: Apache-2.0
// `spikefab noc` from outside: a table that keeps the laws of a NoC, and the list of algorithms.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace spikefab::smoke {
namespace {

using ::testing::HasSubstr;

/// The figures of the table's rows.
std::vector<std::vector<double>> rows_of(const std::string& table) {
    std::vector<std::vector<double>> rows;
    std::istringstream lines{table};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::vector<double> row;
        for (double figure = 0.0; words >> figure;) row.push_back(figure);
        if (row.size() == 7) rows.push_back(row);
    }
    return rows;
}

TEST(Noc, delivers_what_is_offered_below_saturation_and_latency_rises_with_load) {
    const Workshop workshop;
    const Outcome outcome =
        workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--rate", "0.05..0.2", "--points", "3"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    const auto rows = rows_of(outcome.out);
    ASSERT_EQ(rows.size(), 3U);
    for (const auto& row : rows) {
        EXPECT_NEAR(row[1], row[0], 0.02 * row[0]);  // accepted = offered
        EXPECT_NEAR(row[6], 6.25, 0.05);             // routers visited: mean distance of a uniform 8 x 8 mesh, 5.25, plus 1
    }
    EXPECT_LT(rows[0][3], rows[1][3]);
    EXPECT_LT(rows[1][3], rows[2][3]);
}

TEST(Noc, gives_the_same_table_every_time) {
    const Workshop workshop;
    const std::vector<std::string> arguments{"noc", in_repository("configs/nocs/torus.yaml"), "--rate", "0.1", "--cycles",
                                             "2000"};
    EXPECT_EQ(workshop.spikefab(arguments).out, workshop.spikefab(arguments).out);
}

TEST(Noc, lists_its_algorithms_with_a_line_each) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"noc", "--algorithms"});
    EXPECT_EQ(outcome.exit_code, 0);
    for (const char* name : {"mesh", "fat_tree", "xy", "odd_even", "up_down", "tornado", "on_off", "round_robin"})
        EXPECT_THAT(outcome.out, HasSubstr(std::string{"  "} + name + " "));
}

TEST(Noc, is_refused_with_file_line_reason_and_remedy_when_it_cannot_work) {
    const Workshop workshop;
    const std::string clock = "clocked: {clock: 1 GHz}\n";
    workshop.write("deadlock.yaml", clock + "topology: {model: torus, width: 4, height: 4}\nrouting: xy\n");
    workshop.write("cut_off.yaml",
                   clock + "topology: {model: mesh, width: 3, height: 1, faults: {links: [{router: 0, neighbour: 1}]}}\n");
    workshop.write("no_buffers.yaml", clock + "topology: {model: mesh, width: 3, height: 1}\nbuffer_depth: 0\n");
    workshop.write("too_long.yaml", clock +
                                        "topology: {model: mesh, width: 3, height: 1}\nrouting: xy\npacket_flits: 5\n"
                                        "switching: virtual_cut_through\n");
    workshop.write("too_late.yaml",
                   "topology: {model: mesh, width: 3, height: 1}\nclocked: {clock: 1 GHz, vc_allocation: separate, "
                   "vc_allocation_delay: 2}\nrouting: xy\n");
    const std::string times = "{latency: 1 ns, occupancy: 0.4 ns}";
    workshop.write("too_fine.yaml",
                   "topology: {model: mesh, width: 3, height: 1}\nasynchronous: {resolution: 1 ns, east_west: " + times +
                       ", north_south: " + times + ", inside_tile: " + times + "}\nrouting: xy\n");
    workshop.write("forwarders.yaml",
                   "topology: {model: mesh, width: 3, height: 3}\nstaged: {clock: 1 GHz}\npacket_flits: 5\n");
    workshop.write("no_times.yaml", "topology: {model: mesh, width: 3, height: 1}\nrouting: xy\n");
    workshop.write("no_link.yaml",
                   clock + "topology: {model: mesh, width: 3, height: 1, faults: {links: [{router: 0, neighbour: 2}]}}\n");
    const std::vector<std::vector<const char*>> refusals{
        {"no_link.yaml", "no_link.yaml:2:1: noc: topology", "no link goes from router 0 to router 2", "name two neighbours"},
        {"deadlock.yaml", "deadlock.yaml:3:1: noc", "it can deadlock", "torus_dateline"},
        {"cut_off.yaml", "cut_off.yaml:", "cut off", "use routing table or up_down"},
        {"no_buffers.yaml", "no_buffers.yaml:3:", "buffer_depth", "1"},
        {"too_long.yaml", "too_long.yaml:5:", "do not fit into buffers", "raise buffer_depth to 5"},
        {"too_late.yaml", "too_late.yaml:2:", "before its channel of 2 cycles", "raise switch_allocation_delay"},
        {"too_fine.yaml", "too_fine.yaml:2:", "an occupancy of 400 ps would become 0 ", "use a finer resolution"},
        {"forwarders.yaml", "forwarders.yaml:3:", "pass packets of one flit, not of 5", "set packet_flits to 1"},
        {"no_times.yaml", "no_times.yaml:2:1: noc", "clocked", "asynchronous"}};
    for (const auto& refusal : refusals) {
        for (const char* command : {"noc", "validate"}) {
            const bool by_kind = std::string{command} == "validate";
            if (by_kind) std::filesystem::create_directories(workshop / "nocs");
            const std::string file = by_kind ? std::string{"nocs/"} + refusal[0] : refusal[0];
            if (by_kind) std::filesystem::copy_file(workshop / refusal[0], workshop / file);
            const Outcome outcome = workshop.spikefab({command, file});
            EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
            for (std::size_t i = 1; i < refusal.size(); ++i) EXPECT_THAT(outcome.err, HasSubstr(refusal[i])) << file;
        }
    }
}

TEST(Noc, that_is_run_unchecked_still_needs_parts_that_fit_each_other) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--set", "packet_flits=4",
                                               "--set", "routing=multicast_tree", "--unchecked"});
    EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("the flits of copies of 4 would mix"));
}

TEST(Noc, that_is_run_unchecked_tells_who_waits_for_whom_when_it_deadlocks) {
    const Workshop workshop;
    const Outcome outcome =
        workshop.spikefab({"noc", in_repository("configs/nocs/ring.yaml"), "--set", "routing=xy", "--set", "virtual_channels=1",
                           "--set", "packet_flits=8", "--traffic", "tornado", "--rate", "0.5", "--unchecked"});
    EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    EXPECT_THAT(outcome.err, HasSubstr("the NoC is deadlocked:"));
    EXPECT_THAT(outcome.err, HasSubstr("west waits for router"));
}

TEST(Noc, sums_up_packets_and_tells_links_of_a_single_rate) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"noc", in_repository("configs/nocs/faulty.yaml"), "--set", "routing=xy", "--set",
                                               "on_unreachable=drop", "--rate", "0.05", "--links", "links.csv"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out,
                ::testing::ContainsRegex("packets: [0-9]+ injected \\+ 0 copied = [0-9]+ delivered \\+ [1-9][0-9]* "
                                         "dropped \\+ 0 in flight"));
    EXPECT_THAT(outcome.out, HasSubstr("links most waited for"));
    EXPECT_TRUE(std::filesystem::exists(workshop / "links.csv"));
}

TEST(Noc, says_before_it_runs_that_a_file_has_no_folder) {
    const Workshop workshop;
    for (const char* option : {"--links", "--packets", "--plot"}) {
        const Outcome outcome =
            workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--rate", "0.1", option, "nowhere/file"});
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.err, HasSubstr("there is no folder 'nowhere'"));
    }
}

TEST(Noc, with_dead_routers_sends_nothing_from_or_to_their_cores) {
    const Workshop workshop;
    const Outcome outcome = workshop.spikefab({"noc", in_repository("configs/nocs/faulty.yaml"), "--rate", "0.05"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("64 cores (1 dead)"));
    EXPECT_THAT(outcome.out, HasSubstr(" delivered + 0 dropped + 0 in flight"));
}

TEST(Noc, of_the_smallest_shapes_delivers_everything) {
    const Workshop workshop;
    const std::vector<std::vector<std::string>> shapes{{"mesh8", "{model: mesh, width: 1, height: 1}"},
                                                       {"mesh8", "{model: mesh, width: 1, height: 9}"},
                                                       {"mesh8", "{model: mesh, width: 2, height: 1, cores_per_router: 3}"},
                                                       {"torus", "{model: torus, width: 2, height: 2}"},
                                                       {"torus", "{model: torus, width: 1, height: 3}"}};
    for (const auto& shape : shapes) {
        const Outcome outcome = workshop.spikefab({"noc", in_repository("configs/nocs/" + shape[0] + ".yaml"), "--set",
                                                   "topology=" + shape[1], "--rate", "0.1", "--cycles", "500"});
        ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
        EXPECT_THAT(outcome.out, HasSubstr(" delivered + 0 dropped + 0 in flight")) << shape[1];
        EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("saturated"))) << shape[1];
    }
}

TEST(Noc, of_a_large_mesh_is_not_called_saturated_for_packets_on_their_way) {
    const Workshop workshop;
    const Outcome outcome =
        workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--set", "topology.width=128", "--set",
                           "topology.height=64", "--rate", "0.0005", "--cycles", "50", "--warmup", "0"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("saturated")));
    EXPECT_THAT(outcome.out, HasSubstr(" delivered + 0 dropped + 0 in flight"));
}

TEST(Noc, uses_all_planes) {
    const Workshop workshop;
    // Two planes carry what one cannot: 0.9 packets per core and cycle to the neighbour, where a buffer of 4 ends at 0.8.
    const auto accepted = [&](const char* planes) {
        const Outcome outcome =
            workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--set", planes, "--set",
                               "topology={model: ring, routers: 8}", "--set", "routing=torus_dateline", "--set",
                               "virtual_channels=2", "--traffic", "neighbor", "--rate", "0.9", "--cycles", "2000"});
        const auto rows = rows_of(outcome.out);
        return rows.size() == 1 ? rows[0][1] : 0.0;
    };
    EXPECT_GT(accepted("planes=2"), 0.89);
}

TEST(Noc, copies_packets_for_the_multicast_groups_of_its_file) {
    const Workshop workshop;
    const auto run = [&](const char* share) {
        return workshop.spikefab(
            {"noc", in_repository("configs/nocs/spinnaker-like.yaml"), "--rate", "0.01", "--multicast", share});
    };
    const Outcome without = run("0");
    const Outcome with = run("0.5");
    ASSERT_EQ(with.exit_code, 0) << describe(with);
    EXPECT_THAT(without.out, HasSubstr(" injected + 0 copied = "));
    EXPECT_THAT(with.out, ::testing::ContainsRegex(" injected \\+ [1-9][0-9]* copied = [0-9]+ delivered \\+ 0 dropped \\+ 0 in "
                                                   "flight"));
    EXPECT_THAT(with.out, ::testing::Not(HasSubstr("saturated")));
    EXPECT_EQ(workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--multicast", "0.5"}).exit_code, 2);
}

}  // namespace
}  // namespace spikefab::smoke
