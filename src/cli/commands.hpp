// SPDX-License-Identifier: Apache-2.0
// The commands of the program. Each adds its options and what to do when it is named.
#pragma once

#include "cli/program.hpp"

namespace spikefab::cli {

void add_run_command(Program& program);
void add_describe_command(Program& program);
void add_validate_command(Program& program);
void add_schema_command(Program& program);
void add_noc_command(Program& program);
void add_device_command(Program& program);
void add_verify_command(Program& program);
void add_sweep_command(Program& program);

}  // namespace spikefab::cli
