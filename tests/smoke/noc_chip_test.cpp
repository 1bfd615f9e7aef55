// SPDX-License-Identifier: Apache-2.0
// One network on chips with other networks-on-chip: what it answers does not depend on them; what they did is traced, and its
// spikes drive a NoC alone.
#include "smoke/workshop.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

namespace spikefab::smoke {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::vector<std::string> run_of(const std::vector<std::string>& assignments, const std::string& out,
                                const std::string& traces = "inferences") {
    std::vector<std::string> arguments{"run", "small.yaml", "--trace", traces, "--out", out};
    for (const std::string& assignment : assignments) arguments.insert(arguments.end(), {"--set", assignment});
    return arguments;
}

json run_here(const Workshop& workshop, const std::vector<std::string>& assignments, const std::string& out,
              const std::string& traces = "inferences") {
    const Outcome outcome = workshop.spikefab(run_of(assignments, out, traces));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    return outcome.exit_code == 0 ? json::parse(bytes_of(workshop / out / "run.json")) : json{};
}

/// The answers alone: times and energies differ from chip to chip.
std::vector<std::string> answers(const std::filesystem::path& folder) {
    std::ifstream file{folder / "inferences.csv"};
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) {
        std::size_t end = 0;
        for (int column = 0; column < 3; ++column) end = line.find(',', end) + 1;
        all.push_back(line.substr(0, end));
    }
    return all;
}

struct OtherNoc {
    std::string name;
    std::vector<std::string> assignments;
};

void PrintTo(const OtherNoc& noc, std::ostream* out) {
    *out << noc.name;
}

class OtherChip : public testing::TestWithParam<OtherNoc> {};

TEST_P(OtherChip, gives_the_answers_of_the_mesh_and_loses_nothing) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const json mesh = run_here(workshop, {}, "mesh");
    const json other = run_here(workshop, GetParam().assignments, "other");
    EXPECT_EQ(answers(workshop / "other"), answers(workshop / "mesh"));
    EXPECT_EQ(other.at("events").at("spikes"), mesh.at("events").at("spikes"));
    EXPECT_EQ(other.at("events").at("synaptic_events"), mesh.at("events").at("synaptic_events"));
    const json& noc = other.at("noc");
    EXPECT_EQ(noc.at("injected").get<std::uint64_t>() + noc.at("copied").get<std::uint64_t>(), noc.at("delivered"));
    EXPECT_EQ(noc.at("dropped"), 0);
    EXPECT_EQ(noc.at("in_flight"), 0);
    EXPECT_EQ(noc.at("delivered"), mesh.at("noc").at("delivered"));
    if (noc.at("copied") == 0) {
        EXPECT_EQ(noc.at("injected"), mesh.at("noc").at("injected"));
    } else {
        EXPECT_LT(noc.at("injected"), mesh.at("noc").at("injected"));
        if (GetParam().assignments.size() == 1) {  // on the mesh itself
            EXPECT_LE(other.at("events").at("hops"), mesh.at("events").at("hops"));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, OtherChip,
    testing::Values(
        OtherNoc{"torus",
                 {"chip.noc.topology={model: torus, width: 8, height: 4, cores_per_router: 4}",
                  "chip.noc.routing=torus_dateline", "chip.noc.virtual_channels=2"}},
        OtherNoc{
            "ring",
            {"chip.noc.topology={model: ring, routers: 16}", "chip.noc.routing=torus_dateline", "chip.noc.virtual_channels=2"}},
        OtherNoc{"tree", {"chip.noc.topology={model: tree, children: [4, 4]}", "chip.noc.routing=tree"}},
        OtherNoc{
            "fat_tree",
            {"chip.noc.topology={model: fat_tree, arity: 2, levels: 3, cores_per_router: 2}", "chip.noc.routing=fat_tree"}},
        OtherNoc{"graph",
                 {"chip.noc.topology={model: graph, routers: 4, cores_per_router: 3, links: [{router: 0, neighbour: 1}, "
                  "{router: 1, neighbour: 2}, {router: 2, neighbour: 3}, {router: 3, neighbour: 0}, "
                  "{router: 0, neighbour: 2}]}",
                  "chip.noc.routing=up_down"}},
        OtherNoc{"relative", {"chip.noc.routing=relative"}}, OtherNoc{"host_inside", {"chip.host.router=9"}},
        OtherNoc{"faulty",
                 {"chip.noc.topology.faults={routers: [1], links: [{router: 8, neighbour: 9}]}", "chip.host.router=8",
                  "chip.noc.routing=up_down"}},
        OtherNoc{"adaptive", {"chip.noc.routing=minimal_adaptive", "chip.noc.virtual_channels=3"}},
        OtherNoc{"two_flits", {"chip.noc.packet_flits=2"}}, OtherNoc{"barrier_messages", {"chip.barrier_by=messages"}},
        OtherNoc{"multicast_tree", {"chip.noc.routing=multicast_tree"}},
        OtherNoc{"multicast_table", {"chip.noc.routing=multicast_table"}},
        OtherNoc{"multicast_tags", {"chip.noc.topology={model: tree, children: [4, 4]}", "chip.noc.routing=tree_tag"}}),
    [](const auto& test) { return test.param.name; });

TEST(TorusChip, from_its_file_gives_the_answers_of_the_mesh) {
    const Workshop workshop;
    workshop.write_small_experiment();
    for (const std::string chip : {"float-mesh", "float-torus"}) {
        const Outcome outcome =
            workshop.spikefab({"run", "small.yaml", "--chip", in_repository("configs/chips/" + chip + ".yaml"), "--trace",
                               "inferences", "--out", chip});
        ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    }
    EXPECT_EQ(answers(workshop / "float-torus"), answers(workshop / "float-mesh"));
    const json mesh = json::parse(bytes_of(workshop / "float-mesh" / "run.json"));
    const json torus = json::parse(bytes_of(workshop / "float-torus" / "run.json"));
    EXPECT_EQ(torus.at("noc").at("delivered"), mesh.at("noc").at("delivered"));
    EXPECT_LT(torus.at("events").at("hops"), mesh.at("events").at("hops"));
}

TEST(FaultyChip, is_refused_with_who_is_cut_off_or_counts_what_it_drops) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const std::string dead = "chip.noc.topology.faults.links=[{router: 0, neighbour: 1}]";
    const std::vector<std::string> many = {dead, "chip.cores.neuro.neurons=128"};
    const Outcome refused = workshop.spikefab(run_of(many, "refused"));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("cut off"));
    EXPECT_THAT(refused.err, HasSubstr("use routing table or up_down"));
    std::vector<std::string> dropping = many;
    dropping.push_back("chip.noc.on_unreachable=drop");
    const json result = run_here(workshop, dropping, "dropping");
    const json& noc = result.at("noc");
    EXPECT_GT(noc.at("dropped"), 0);
    EXPECT_EQ(noc.at("dropped_flits"), noc.at("dropped"));
    EXPECT_EQ(noc.at("injected").get<std::uint64_t>(),
              noc.at("delivered").get<std::uint64_t>() + noc.at("dropped").get<std::uint64_t>());
}

TEST(BarrierMessages, cost_time_hops_and_energy) {
    const Workshop workshop;
    workshop.write_small_experiment();
    // Few neurons to a core, so that several tiles are used; the table's barrier takes no time.
    const std::vector<std::string> table = {"chip.cores.neuro.neurons=128", "chip.barrier=[{tiles: 1, time: 0 ns}]"};
    std::vector<std::string> messages = table;
    messages.push_back("chip.barrier_by=messages");
    const json without = run_here(workshop, table, "table");
    const json with = run_here(workshop, messages, "messages");
    const auto steps = with.at("steps").get<double>();
    const auto count = [](const json& run, const char* activity) {
        return run.at("events").at("activities").at(activity).get<double>();
    };
    const double tiles_but_one = count(with, "barrier_message") / (2 * steps);
    EXPECT_GE(tiles_but_one, 1.0);
    EXPECT_EQ(tiles_but_one, std::floor(tiles_but_one));
    // Each message is in at one core and out at another.
    EXPECT_EQ(count(with, "hop_inside_tile") - count(without, "hop_inside_tile"), 2 * count(with, "barrier_message"));
    const double longer = (with.at("simulated_s").get<double>() - without.at("simulated_s").get<double>()) / steps;
    EXPECT_GT(longer, 113e-9);
    EXPECT_LT(longer, 465e-9);
    EXPECT_GT(with.at("energy_J").at("by_component").at("noc").get<double>(),
              without.at("energy_J").at("by_component").at("noc").get<double>());
}

TEST(TraceNoc, tells_every_packet_and_link_and_the_hot_spots) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const json result = run_here(workshop, {}, "traced", "noc,spikes");
    const json plain = run_here(workshop, {}, "plain");
    EXPECT_EQ(result.at("simulated_s"), plain.at("simulated_s"));
    EXPECT_FALSE(plain.at("noc").contains("packets"));
    const json& packets = result.at("noc").at("packets");
    EXPECT_EQ(packets.at("arrived"), result.at("noc").at("delivered"));
    EXPECT_GE(packets.at("latency_s").at("mean").get<double>(),
              packets.at("source_wait_s").get<double>() + packets.at("waiting_s").get<double>());
    EXPECT_GE(packets.at("latency_s").at("max").get<double>(), packets.at("latency_s").at("p95").get<double>());
    EXPECT_FALSE(packets.at("hot_spots").empty());
    // Flits over all outputs are the routers visited.
    std::istringstream rows{bytes_of(workshop / "traced" / "noc_links.csv")};
    std::string line;
    std::getline(rows, line);
    EXPECT_EQ(line, "plane,router,port,direction,to,flits,utilisation,waits,waiting_s");
    std::uint64_t flits = 0;
    while (std::getline(rows, line)) {
        std::istringstream cells{line};
        std::string cell;
        for (int column = 0; column < 6; ++column) std::getline(cells, cell, ',');
        flits += std::stoull(cell);
    }
    EXPECT_EQ(flits, result.at("events").at("hops"));
    EXPECT_TRUE(std::filesystem::exists(workshop / "traced" / "noc_packets.h5"));
}

/// The numbers of the row below the header that begins with `first`.
std::vector<double> row_below(const std::string& text, const std::string& first) {
    std::istringstream lines{text};
    std::string line;
    while (std::getline(lines, line))
        if (line.find_first_not_of(' ') != std::string::npos && line.substr(line.find_first_not_of(' '), first.size()) == first)
            break;
    std::getline(lines, line);
    std::istringstream words{line};
    std::vector<double> row;
    for (double number = 0.0; words >> number;) row.push_back(number);
    return row;
}

TEST(Replay, sends_the_packets_of_the_run_over_another_noc) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const json run = run_here(workshop, {}, "traced", "spikes");
    for (const std::string steps : {"recorded", "drained", "200"}) {
        const Outcome outcome = workshop.spikefab(
            {"noc", in_repository("configs/nocs/torus.yaml"), "--trace-in", "traced/spikes.h5", "--steps", steps});
        ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
        const auto row = row_below(outcome.out, "packets");
        ASSERT_EQ(row.size(), 7U) << outcome.out;
        EXPECT_EQ(row[0], run.at("noc").at("injected").get<double>());
        EXPECT_EQ(row[1], row[0]);
        EXPECT_GT(row[5], 1.0);
        if (steps == "drained") {
            EXPECT_EQ(row[6], 0.0);
        }
        EXPECT_EQ(outcome.out, workshop
                                   .spikefab({"noc", in_repository("configs/nocs/torus.yaml"), "--trace-in", "traced/spikes.h5",
                                              "--steps", steps})
                                   .out);
    }
}

TEST(Replay, copies_packets_where_the_routing_knows_multicast_and_writes_links) {
    const Workshop workshop;
    workshop.write_small_experiment();
    const json run = run_here(workshop, {"chip.cores.neuro.neurons=128"}, "traced", "spikes");
    const Outcome outcome =
        workshop.spikefab({"noc", in_repository("configs/nocs/mesh8.yaml"), "--trace-in", "traced/spikes.h5", "--set",
                           "routing=multicast_tree", "--links", "links.csv", "--packets", "packets.h5"});
    ASSERT_EQ(outcome.exit_code, 0) << describe(outcome);
    const auto row = row_below(outcome.out, "packets");
    EXPECT_LT(row[0], run.at("noc").at("injected").get<double>());
    EXPECT_EQ(row[1], run.at("noc").at("delivered").get<double>());
    EXPECT_THAT(bytes_of(workshop / "links.csv"), HasSubstr("plane,router,port"));
    EXPECT_TRUE(std::filesystem::exists(workshop / "packets.h5"));
}

TEST(Replay, says_what_is_wrong_with_a_recording_or_a_noc) {
    const Workshop workshop;
    workshop.write_small_experiment();
    static_cast<void>(run_here(workshop, {}, "traced", "spikes"));
    const auto complaint = [&](const std::vector<std::string>& arguments) {
        std::vector<std::string> all{"noc"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const Outcome outcome = workshop.spikefab(all);
        EXPECT_EQ(outcome.exit_code, 2) << describe(outcome);
        return outcome.err;
    };
    const std::string mesh = in_repository("configs/nocs/mesh8.yaml");
    workshop.write("broken.h5", "no HDF5 at all");
    EXPECT_THAT(complaint({mesh, "--trace-in", "broken.h5"}), HasSubstr("broken.h5"));
    EXPECT_THAT(complaint({mesh, "--trace-in", "missing.h5"}), HasSubstr("missing.h5"));
    EXPECT_THAT(complaint({mesh, "--trace-in", "traced/spikes.h5", "--set", "topology={model: mesh, width: 2, height: 1}"}),
                HasSubstr("the NoC has 2 that work"));
    EXPECT_THAT(complaint({mesh, "--trace-in", "traced/spikes.h5", "--steps", "soon"}), HasSubstr("recorded, drained"));
    EXPECT_THAT(complaint({mesh, "--trace-in", "traced/spikes.h5", "--rate", "0.1"}), HasSubstr("--rate"));
    EXPECT_THAT(complaint({mesh, "--trace-in", "traced/spikes.h5", "--host-router", "64"}), HasSubstr("routers 0 to 63"));
}

}  // namespace
}  // namespace spikefab::smoke
