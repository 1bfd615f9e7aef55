// SPDX-License-Identifier: Apache-2.0
// The paths that CMake knows.
#include "places.hpp"

namespace spikefab {

std::string source_folder() {
    return SPIKEFAB_SOURCE_DIR;
}
std::string shared_folder() {
    return SPIKEFAB_SHARED_DIR;
}
std::string program_file() {
    return SPIKEFAB_BINARY;
}

}  // namespace spikefab
