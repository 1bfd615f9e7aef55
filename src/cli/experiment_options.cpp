// SPDX-License-Identifier: Apache-2.0
// Options into one configuration tree, and the tree into an experiment.
#include "cli/experiment_options.hpp"

#include "cli/file_kinds.hpp"
#include "config/reader.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace spikefab::cli {
namespace {

[[nodiscard]] std::string trace_help() {
    std::string help = "comma-separated list of what to write:";
    constexpr auto names = enum_names(Trace{});
    for (std::size_t i = 0; i < names.size(); ++i)
        help += fmt::format("\n    {:<11} {}", names[i], meaning(static_cast<Trace>(i)));
    return help;
}

/// A path as YAML text, whatever characters it has.
[[nodiscard]] std::string quoted_or_empty(const std::string& text) {
    if (text.empty()) return "";
    std::string result = "'";
    for (const char letter : text) result += letter == '\'' ? std::string{"''"} : std::string{letter};
    return result + "'";
}

}  // namespace

void ExperimentOptions::add_to(CLI::App& command) {
    command.add_option("experiment", file, "experiment file (configs/experiments)");
    command.add_option("--set", assignments, "write a value over the file's, e.g. --set chip.tick=0.5ms")
        ->allow_extra_args(false);
    command.add_option("--chip", chip, "chip file (configs/chips)");
    command.add_option("--network", network, ".nir file");
    command.add_option("--input", input, "images: idx, npy, npz or HDF5");
    command.add_option("--labels", labels, "labels: idx or npy");
    command.add_option("--encoding", encoding, "encoder by name");
    constexpr std::uint32_t most = 1'000'000'000;
    command.add_option("--steps", steps, "steps per image")->check(CLI::Range(1U, most));
    command.add_option("--images", count, "how many images to run")->check(CLI::Range(1U, most));
    command.add_option("--dt", dt, "time of one step in the network's equations, e.g. 1ms");
    command.add_option("--reset", reset, "after a spike: auto, to_value or subtract");
    command.add_option("--trace", traces, trace_help());
    command.add_flag("--host-power", host_power, "add the power of the awake host processors");
}

config::Tree ExperimentOptions::tree() const {
    config::Tree tree = file.empty() ? config::parse("name: run\n", "command line") : load_file(file, {"experiment"});
    const auto assign = [&tree](const std::string& path, const std::string& value) {
        if (!value.empty()) config::assign(tree, path + "=" + value);
    };
    assign("chip", quoted_or_empty(chip));
    assign("network.file", quoted_or_empty(network));
    assign("input.images", quoted_or_empty(input));
    assign("input.labels", quoted_or_empty(labels));
    assign("encoding", encoding);
    assign("steps", steps == 0 ? "" : std::to_string(steps));
    assign("input.count", count == 0 ? "" : std::to_string(count));
    assign("network.lowering.dt", dt);
    assign("network.lowering.reset", reset);
    assign("traces", traces.empty() ? "" : "[" + traces + "]");
    assign("include_host_power", host_power ? "true" : "");
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return tree;
}

Experiment ExperimentOptions::read() const {
    return read_experiment(tree());
}

}  // namespace spikefab::cli
