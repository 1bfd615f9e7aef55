// SPDX-License-Identifier: Apache-2.0
// `spikefab schema`: JSON schemas, so that editors complete and check the YAML.
#include "cli/commands.hpp"
#include "cli/file_kinds.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>

namespace spikefab::cli {

void add_schema_command(Program& program) {
    auto kind = std::make_shared<std::string>("chip");
    CLI::App& command = program.command("schema", "print the JSON schema of a kind of file", [kind] {
        fmt::print("{}", schema_of(*kind));
        return ExitCode::done;
    });
    command.add_option("kind", *kind, "kind of file")->check(CLI::IsMember(file_kind_names()))->capture_default_str();
}

}  // namespace spikefab::cli
