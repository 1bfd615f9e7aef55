// SPDX-License-Identifier: Apache-2.0
// Versions, as known when the program was built.
#include "run/versions.hpp"

namespace spikefab {

std::map<std::string, std::string> versions() {
    return {{"spikefab", SPIKEFAB_VERSION}, {"systemc", SPIKEFAB_SYSTEMC_VERSION}, {"compiler", __VERSION__}};
}

}  // namespace spikefab
