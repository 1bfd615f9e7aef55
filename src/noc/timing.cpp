// SPDX-License-Identifier: Apache-2.0
// Extremes of a NoC's times.
#include "noc/timing.hpp"

#include <algorithm>

namespace spikefab::noc {

std::uint32_t Timing::longest() const {
    std::uint32_t longest = std::max(injection_latency, injection_occupancy);
    for (const HopTimes& times : hop) longest = std::max({longest, times.latency, times.occupancy, times.credit});
    return longest;
}

bool Timing::single_cycle() const {
    const bool links = std::all_of(hop.begin(), hop.end(), [](const HopTimes& times) { return times.occupancy == 1; });
    return links && injection_occupancy == 1;
}

}  // namespace spikefab::noc
