// SPDX-License-Identifier: Apache-2.0
// `spikefab validate`: checks configuration files of every kind and reports every mistake.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/file_kinds.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

namespace spikefab::cli {
namespace {

ExitCode validate(const std::vector<std::filesystem::path>& files) {
    std::size_t wrong = 0;
    for (const auto& file : files) {
        try {
            print_result(fmt::format("{}: {}\n", file.string(), check_file(file)));
        } catch (const InputError& error) {
            say(fmt::format("{}\n", error.what()));
            ++wrong;
        }
    }
    if (wrong > 0) say(fmt::format("{} of {} files are wrong\n", wrong, files.size()));
    return wrong > 0 ? ExitCode::bad_input : ExitCode::done;
}

}  // namespace

void add_validate_command(Program& program) {
    auto files = std::make_shared<std::vector<std::filesystem::path>>();
    CLI::App& command = program.command("validate", "check configuration files", [files] { return validate(*files); });
    command.add_option("files", *files, "YAML files: experiments, chips, NoCs, prices, GPUs, sweeps, devices")->required();
}

}  // namespace spikefab::cli
