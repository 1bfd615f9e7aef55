// SPDX-License-Identifier: Apache-2.0
// Where things lie on this machine. Only places.cpp is compiled with the paths, so that another clone of the same sources
// finds the same objects in a compiler cache.
#pragma once

#include <string>

namespace spikefab {

/// The root of the source tree.
[[nodiscard]] std::string source_folder();
/// Reference data beside the tree; tests that need it skip with a message where it is not.
[[nodiscard]] std::string shared_folder();
/// The finished command.
[[nodiscard]] std::string program_file();

}  // namespace spikefab
