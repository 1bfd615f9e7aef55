// SPDX-License-Identifier: Apache-2.0
// The two streams of the command: results, which must arrive, and messages, which may get lost.
#pragma once

#include <string_view>

namespace spikefab::cli {

/// Writes to stdout and through to whatever is behind it. SimulationError when that fails (a full disk).
void print_result(std::string_view text);

/// Writes to stderr; a failure there stops nothing.
void say(std::string_view text);

}  // namespace spikefab::cli
