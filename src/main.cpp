// SPDX-License-Identifier: Apache-2.0
// The command `spikefab`: options -> configuration -> plan -> chip -> run -> report, one command a file in src/cli.
#include "base/huge_pages.hpp"
#include "cli/commands.hpp"

int main(int argc, char** argv) {
    spikefab::prefer_huge_pages();
    spikefab::cli::Program program;
    add_run_command(program);
    add_describe_command(program);
    add_validate_command(program);
    add_schema_command(program);
    add_noc_command(program);
    add_device_command(program);
    add_verify_command(program);
    add_sweep_command(program);
    return program.main(argc, argv);
}
