// SPDX-License-Identifier: Apache-2.0
// What the simulation itself cost on the machine it ran on.
#pragma once

#include <chrono>
#include <cstdint>

namespace spikefab {

struct HostStats {
    double cpu_s = 0.0;           ///< user + system time of this process
    double simulate_cpu_s = 0.0;  ///< the part of it in which the chip ran
    double wall_s = 0.0;          ///< since `start`
    std::uint64_t peak_rss_bytes = 0;
};

/// User + system time of this process so far, in s.
[[nodiscard]] double cpu_seconds();

/// CPU time and peak memory of this process (getrusage), and the wall time since `start`; `simulate_cpu_s` is left at 0.
[[nodiscard]] HostStats measure_host(std::chrono::steady_clock::time_point start);

}  // namespace spikefab
