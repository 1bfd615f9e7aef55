// SPDX-License-Identifier: Apache-2.0
// getrusage and a steady clock.
#include "report/host_stats.hpp"

#include <sys/resource.h>

namespace spikefab {
namespace {

[[nodiscard]] double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

[[nodiscard]] rusage usage_so_far() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage;
}

}  // namespace

double cpu_seconds() {
    const rusage usage = usage_so_far();
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

HostStats measure_host(std::chrono::steady_clock::time_point start) {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return {.cpu_s = cpu_seconds(),
            .wall_s = wall.count(),
            .peak_rss_bytes = static_cast<std::uint64_t>(usage_so_far().ru_maxrss) * 1024};  // Linux counts KiB
}

}  // namespace spikefab
