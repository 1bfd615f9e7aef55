// SPDX-License-Identifier: Apache-2.0
// How fast whole experiments run: CPU time of the simulate phase and memory, medians of several processes.
// Use: spikefab_bench_main [runs of each experiment, 5 unless given]
#include "observe/temporary_folder.hpp"
#include "places.hpp"
#include "smoke/process.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace spikefab;
using nlohmann::json;

struct Row {
    std::string experiment;
    std::string unit;
    double target;                              ///< of the figure; 0: none
    std::function<double(const json&)> figure;  ///< of one run
};

double simulate_seconds(const json& run) {
    return run.at("host").at("simulate_cpu_s").get<double>();
}
double million_synaptic_events(const json& run) {
    return run.at("events").at("synaptic_events").get<double>() / simulate_seconds(run) * 1e-6;
}
double steps_per_second(const json& run) {
    return run.at("steps").get<double>() / simulate_seconds(run);
}
double megabytes(const json& run) {
    return run.at("host").at("peak_rss_bytes").get<double>() * 1e-6;
}

const std::vector<Row> rows{
    {"bench-dense", "M synaptic events/s", 100, million_synaptic_events},
    {"bench-truenorth", "ticks/s", 12, steps_per_second},
    {"fashion-loihi", "M synaptic events/s", 0, million_synaptic_events},
    {"fashion-loihi", "steps/s", 0, steps_per_second},
    {"fashion-truenorth", "ticks/s", 0, steps_per_second},
};

json run_once(const std::string& experiment) {
    const TemporaryFolder folder;
    const std::string file = source_folder() + "/configs/experiments/" + experiment + ".yaml";
    const auto outcome = smoke::run({.program = program_file(),
                                     .arguments = {"run", file, "--json", "--out", (folder / "run").string()},
                                     .folder = {},
                                     .out = {},
                                     .err = {},
                                     .largest_file = {},
                                     .time_limit = std::chrono::seconds{600}});
    if (outcome.exit_code != 0) throw std::runtime_error{experiment + " failed: " + describe(outcome)};
    return json::parse(outcome.out);
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

std::vector<double> of_all(const std::vector<json>& runs, const std::function<double(const json&)>& figure) {
    std::vector<double> values;
    std::ranges::transform(runs, std::back_inserter(values), figure);
    return values;
}

void print(const Row& row, const std::vector<json>& runs) {
    const std::vector<double> figures = of_all(runs, row.figure);
    fmt::print("{:<18} {:>9.3f} {:>10.4g} {:<20} {:>10.4g} {:>10.4g} {:>9} {:>9.0f}\n", row.experiment,
               median(of_all(runs, simulate_seconds)), median(figures), row.unit, *std::ranges::min_element(figures),
               *std::ranges::max_element(figures), row.target > 0 ? fmt::format(">= {:g}", row.target) : "",
               median(of_all(runs, megabytes)));
    std::fflush(stdout);
}

void print_table(std::size_t repetitions) {
    fmt::print(
        "Whole experiments, one thread: medians of {} processes; CPU time of the simulate phase, peak resident memory.\n\n",
        repetitions);
    fmt::print("{:<18} {:>9} {:>10} {:<20} {:>10} {:>10} {:>9} {:>9}\n", "experiment", "CPU s", "figure", "", "lowest",
               "highest", "target", "MB");
    std::string experiment;
    std::vector<json> runs;
    for (const Row& row : rows) {
        if (row.experiment != experiment) {
            experiment = row.experiment;
            runs.clear();
            while (runs.size() < repetitions) runs.push_back(run_once(experiment));
        }
        print(row, runs);
    }
    fmt::print(
        "\nFor comparison, SANA-FE on DVS-gesture: 2.65 M synaptic events/s in its detailed mode, 0.039 M at flit level.\n");
}

}  // namespace

int main(int argc, char** argv) {
    const long repetitions = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 5;
    if (repetitions < 1) {
        fmt::print(stderr, "use: {} [runs of each experiment]\n", argv[0]);
        return 2;
    }
    try {
        print_table(static_cast<std::size_t>(repetitions));
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
