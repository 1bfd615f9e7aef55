// SPDX-License-Identifier: Apache-2.0
// `spikefab describe`: what a chip file builds, or a device file means.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/error_place.hpp"
#include "cli/file_kinds.hpp"
#include "config/reader.hpp"
#include "device/device_file.hpp"
#include "plan/chip_plan.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace spikefab::cli {
namespace {

struct DescribeOptions {
    std::filesystem::path file;
    std::vector<std::string> assignments;
};

ExitCode describe(const DescribeOptions& options) {
    config::Tree tree = load_file(options.file, {"chip", "experiment", "device"});
    for (const std::string& assignment : options.assignments) config::assign(tree, assignment);
    config::expand(tree);
    if (tree.find("device") != nullptr) {
        print_result(device::describe(config::read<device::DeviceFile>(std::move(tree))));
        return ExitCode::done;
    }
    // An experiment is described by its chip.
    if (const config::Tree::Entry* chip = tree.find("chip")) {
        config::Tree inner = chip->value;
        config::expand(inner);
        tree = std::move(inner);
    }
    const auto description = config::read<ChipDescription>(tree);
    print_result(place_errors(tree, chip_subjects, [&] { return ChipPlan{description}.describe(); }));
    return ExitCode::done;
}

}  // namespace

void add_describe_command(Program& program) {
    auto options = std::make_shared<DescribeOptions>();
    CLI::App& command = program.command("describe", "print what a chip file builds, or a device file means",
                                        [options] { return describe(*options); });
    command.add_option("file", options->file, "chip, experiment or device file")->required();
    command.add_option("--set", options->assignments, "write a value over the file's")->allow_extra_args(false);
}

}  // namespace spikefab::cli
