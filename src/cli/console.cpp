// SPDX-License-Identifier: Apache-2.0
// Writing to stdout and stderr.
#include "cli/console.hpp"

#include "base/error.hpp"

#include <cstdio>

namespace spikefab::cli {

void print_result(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw SimulationError{"cannot write the result to standard output"};
}

void say(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

}  // namespace spikefab::cli
