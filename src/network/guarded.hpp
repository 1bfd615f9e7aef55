// SPDX-License-Identifier: Apache-2.0
// Runs code that a damaged file may crash in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace spikefab {

struct GuardLimits {
    double cpu_seconds = 3.0;
    std::uint64_t extra_bytes = std::uint64_t{1} << 31U;  ///< of memory, beyond what this process has
};

/// What `action` returns, run in a forked child with limits on time and memory. An InputError of the action comes through as
/// it is. InputError with `complaint` and the reason when the child crashes, runs out of memory or of time.
[[nodiscard]] std::vector<std::uint8_t> run_guarded(const std::function<std::vector<std::uint8_t>()>& action,
                                                    const GuardLimits& limits, const std::string& complaint);

}  // namespace spikefab
