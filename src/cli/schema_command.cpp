// SPDX-License-Identifier: Apache-2.0
// `spikefab schema`: JSON schemas, so that editors complete and check the YAML.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/file_kinds.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace spikefab::cli {

void add_schema_command(Program& program) {
    auto kind = std::make_shared<std::string>("chip");
    CLI::App& command = program.command("schema", "print the JSON schema of a kind of file", [kind] {
        print_result(schema_of(*kind));
        return ExitCode::done;
    });
    command.add_option("kind", *kind, "kind of file")->check(CLI::IsMember(file_kind_names()))->capture_default_str();
}

}  // namespace spikefab::cli
