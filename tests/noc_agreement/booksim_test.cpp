// SPDX-License-Identifier: Apache-2.0
// The NoC against BookSim2's latency, hops and accepted rate, row by row of ../shared/vectors/noc/booksim_reference.csv.
//
// A row is one run of BookSim with one seed, so it has noise of its own. Runs of the row's own length with several seeds
// tell how much: sigma is the larger of their spread and the spread of independent packets, and the bound the larger of
// the stated percentage and 4 sigma. Latencies of saturated rows depend on the run's length and are not compared.
#include "models/routing/routing.hpp"
#include "models/routing/topology/grid.hpp"
#include "models/routing/traffic.hpp"
#include "noc/make_engine.hpp"
#include "noc/single_lane_engine.hpp"
#include "noc/traffic_run.hpp"
#include "noc/virtual_channel_engine.hpp"
#include "places.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace spikefab::noc {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true;  // ten times slower: one short run of every seventh row
#else
constexpr bool sanitized = false;
#endif

class Row final {
public:
    Row(const std::vector<std::string>& keys, const std::string& line) {
        std::stringstream cells{line};
        for (const std::string& key : keys) std::getline(cells, values_[key], ',');
    }
    [[nodiscard]] const std::string& text(const std::string& key) const { return values_.at(key); }
    [[nodiscard]] double number(const std::string& key) const { return std::stod(text(key)); }
    [[nodiscard]] std::uint32_t count(const std::string& key) const {
        return static_cast<std::uint32_t>(std::stoul(text(key)));
    }
    [[nodiscard]] bool flag(const std::string& key) const { return text(key) == "1"; }
    /// Rows that differ in their rate alone share a test.
    [[nodiscard]] std::string group() const {
        return "mesh" + text("k") + "_" + text("pipeline") + "_vcs" + text("vcs") + "_depth" + text("buf") + "_flits" +
               text("packet_size") + "_" + text("traffic");
    }

private:
    std::map<std::string, std::string> values_;
};

using Groups = std::map<std::string, std::vector<Row>>;

const Groups& groups() {
    static const Groups all = [] {
        Groups found;
        std::ifstream file{std::filesystem::path{shared_folder()} / "vectors/noc/booksim_reference.csv"};
        std::string line;
        std::getline(file, line);
        std::vector<std::string> keys;
        std::stringstream header{line};
        for (std::string key; std::getline(header, key, ',');) keys.push_back(key);
        while (std::getline(file, line)) {
            const Row row{keys, line};
            found[row.group()].push_back(row);
        }
        return found;
    }();
    return all;
}

Plan plan_of(const Row& row, const Topology& topology) {
    Plan plan;
    plan.topology = &topology;
    plan.vcs = row.count("vcs");
    plan.routing = Registry<RoutingModel>::instance().make("xy")->make(topology, plan.vcs);
    // A flit sent over a channel of latency l arrives l + 1 cycles later (reference/noc.md, 1.1).
    const std::uint32_t switch_delay = row.count("st_prepare_delay") + row.count("st_final_delay");
    plan.timing.hop.fill({.latency = 1 + switch_delay + row.count("link_latency"),
                          .occupancy = 1,
                          .credit = 1 + row.count("credit_channel_latency") + row.count("credit_delay")});
    plan.timing.injection_latency = 1 + row.count("link_latency");
    plan.stages = {.routing = row.count("routing_delay"),
                   .vc_allocation = row.count("vc_alloc_delay"),
                   .switch_allocation = row.count("sw_alloc_delay"),
                   .speculative = row.flag("speculative"),
                   .piggyback = row.text("vc_allocator") == "piggyback"};
    plan.buffer_depth = row.count("buf");
    plan.longest_packet = row.count("packet_size");
    return plan;
}

/// BookSim's hotspot rows: weight 8 for node 27, 1 for every other.
class Hotspot final : public TrafficPattern {
public:
    [[nodiscard]] std::uint32_t destination(std::uint32_t, Rng& random) const override {
        const std::uint32_t drawn = random.below(71);
        return drawn < 64 ? drawn : 27;
    }
};

std::unique_ptr<TrafficPattern> pattern_of(const Row& row, const Topology& topology) {
    if (row.text("traffic") == "hotspot") return std::make_unique<Hotspot>();
    const std::map<std::string, std::string> names{
        {"bitcomp", "bit_complement"}, {"bitrev", "bit_reverse"}, {"randperm", "permutation"}};
    const auto ours = names.find(row.text("traffic"));
    const std::string& name = ours == names.end() ? row.text("traffic") : ours->second;
    return Registry<TrafficModel>::instance().make(name)->make(traffic_site(topology));
}

TrafficResult run(const Row& row, const Topology& topology, std::uint64_t seed) {
    const Plan plan = plan_of(row, topology);
    const auto pattern = pattern_of(row, topology);
    const auto injection = Registry<InjectionModel>::instance().make("bernoulli");
    TrafficLoad load;
    load.pattern = pattern.get();
    load.injection = injection.get();
    load.rate = row.number("rate");
    load.sources = row.count("k") * row.count("k");
    load.flits = plan.longest_packet;
    load.warmup = row.count("warmup_cycles");
    load.measured = sanitized ? 1000 : row.count("measured_cycles");
    load.drain_limit = row.flag("saturated") ? 0 : 100'000;
    load.seed = seed;
    return run_traffic(
        [&](Sink& sink) {
            return fits_single_lane(plan) ? make_single_lane_engine(plan, Ways::x_then_y, sink)
                                          : make_virtual_channel_engine(plan, Ways::x_then_y, sink);
        },
        load);
}

/// Mean of a quantity over seeds, and the deviation of one run from another.
class Estimate final {
public:
    void add(double value) {
        ++count_;
        sum_ += value;
        squares_ += value * value;
    }
    [[nodiscard]] double mean() const { return sum_ / count_; }
    /// Standard deviation of the difference between one more run and the mean; `floor` bounds that of a run from below.
    [[nodiscard]] double deviation(double floor) const {
        const double spread = count_ > 1 ? std::sqrt(std::max(0.0, (squares_ - sum_ * sum_ / count_) / (count_ - 1))) : 0.0;
        return std::max(spread, floor) * std::sqrt(1.0 + 1.0 / count_);
    }

private:
    double count_ = 0.0;
    double sum_ = 0.0;
    double squares_ = 0.0;
};

void expect_close(double ours, double reference, double share, double sigma, const std::string& what) {
    EXPECT_NEAR(ours, reference, std::max(share * reference, 4.0 * sigma))
        << what << ": off by " << 100.0 * (ours / reference - 1.0) << " %, 4 sigma are " << 400.0 * sigma / reference << " %";
}

void compare(const Row& row) {
    const std::uint32_t side = row.count("k");
    TopologyBuilder builder{"mesh"};
    add_grid(builder, {.width = side, .height = side}, 1);
    const Topology topology = builder.finish();
    // Long rows have little noise of their own, and large networks many packets: one run says enough.
    const double work = row.number("measured_cycles") * side * side;
    const std::uint64_t seeds = sanitized || work > 2e6 ? 1 : row.flag("saturated") ? 2 : 3;
    Estimate latency, hops, accepted;
    double packet_deviation = 0.0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const TrafficResult result = run(row, topology, seed);
        EXPECT_EQ(result.counters.in_flight(), result.counters.injected - result.counters.delivered - result.counters.dropped);
        latency.add(result.mean_latency);
        hops.add(result.mean_hops);
        accepted.add(result.accepted_rate);
        packet_deviation = std::max(packet_deviation, result.latency_deviation);
    }
    const std::string what = row.group() + " at " + row.text("rate");
    const double shorter = sanitized ? row.number("measured_cycles") / 1000.0 : 1.0;
    const double packets = row.number("accepted_rate") * work / shorter;
    const double hot_share = row.text("traffic") == "hotspot" && row.flag("saturated") ? 8.0 / 71.0 : 1.0;
    expect_close(accepted.mean(), row.number("accepted_rate"), 0.02,
                 accepted.deviation(row.number("accepted_rate") / std::sqrt(packets * hot_share)), what + ", accepted rate");
    if (row.flag("saturated")) return;
    const double share = row.text("traffic") == "hotspot" ? 0.02 : 0.01;
    expect_close(latency.mean(), row.number("avg_latency"), share, latency.deviation(packet_deviation / std::sqrt(packets)),
                 what + ", latency");
    // Where one path is overloaded (default pipeline, transpose at 0.05) the mean is over what gets through.
    if (row.number("accepted_rate") < 0.995 * row.number("rate")) return;
    // Routers visited by a packet deviate by about 0.45 of their mean (uniform traffic on a square mesh).
    expect_close(hops.mean(), row.number("avg_hops"), 0.005, hops.deviation(0.45 * row.number("avg_hops") / std::sqrt(packets)),
                 what + ", hops");
}

class BookSimAgreement : public testing::TestWithParam<std::string> {};

TEST_P(BookSimAgreement, holds_for_every_rate) {
    // A hot spot near its limit needs long runs to settle, which sanitizers make too slow.
    if (sanitized && std::string{GetParam()}.find("hotspot") != std::string::npos)
        GTEST_SKIP() << "needs a run without sanitizers";
    const auto found = groups().find(GetParam());
    if (found == groups().end()) GTEST_SKIP() << "no ../shared/vectors/noc here";
    std::size_t number = 0;
    for (const Row& row : found->second) {
        if (sanitized && (number++ + GetParam().size()) % 7 != 0) continue;
        SCOPED_TRACE(row.text("rate"));
        compare(row);
    }
}

std::vector<std::string> group_names() {
    std::vector<std::string> names;
    for (const auto& [name, rows] : groups()) names.push_back(name);
    if (names.empty()) names.emplace_back("none");
    return names;
}

INSTANTIATE_TEST_SUITE_P(Rows, BookSimAgreement, testing::ValuesIn(group_names()), [](const auto& test) { return test.param; });

}  // namespace
}  // namespace spikefab::noc
