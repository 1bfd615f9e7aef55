// SPDX-License-Identifier: Apache-2.0
// Where the shared reference data lies; tests that need it skip with a message where it is not.
#pragma once

#include "places.hpp"

#include <filesystem>
#include <string>

namespace spikefab {

[[nodiscard]] inline std::filesystem::path shared_data(const std::string& relative) {
    return std::filesystem::path{shared_folder()} / "data" / relative;
}

}  // namespace spikefab

#define SKIP_WITHOUT(path)                                                               \
    if (!std::filesystem::exists(path)) {                                                \
        GTEST_SKIP() << "needs " << (path).string() << ", which is not on this machine"; \
    }
