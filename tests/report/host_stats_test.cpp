// SPDX-License-Identifier: Apache-2.0
// The machine's own figures are of the right size and kind.
#include "report/host_stats.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spikefab {
namespace {

TEST(HostStats, memory_that_was_touched_shows_in_the_peak) {
    const auto start = std::chrono::steady_clock::now();
    const HostStats before = measure_host(start);
    constexpr std::size_t bytes = 64U << 20U;
    const std::vector<char> block(bytes, 'x');
    const HostStats after = measure_host(start);
    EXPECT_GE(after.peak_rss_bytes, bytes);
    EXPECT_GE(after.peak_rss_bytes, before.peak_rss_bytes);
    EXPECT_GE(after.cpu_s, before.cpu_s);
    EXPECT_GE(after.wall_s, before.wall_s);
    EXPECT_EQ(block.back(), 'x');
}

}  // namespace
}  // namespace spikefab
