// SPDX-License-Identifier: Apache-2.0
// What became of the packets of a run, as plain data.
#pragma once

#include "base/quantity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// An output of a router and what went over it.
struct LinkLoad {
    std::uint32_t plane = 0;
    std::uint32_t router = 0;
    std::uint32_t port = 0;
    std::string direction{};  ///< east, west, north, south, local (to a core or host) or other
    std::string to{};         ///< "router 4", "core 7", "edge" or "host"
    std::uint64_t flits = 0;
    double utilisation = 0.0;  ///< share of the time in which it was occupied
    std::uint64_t waits = 0;   ///< heads that waited for it
    Time waiting{};            ///< how long, together
};

/// Every packet that arrived, as `--trace noc` saw it.
struct PacketSummary {
    std::uint64_t packets = 0;
    Time mean_latency{}, p95_latency{}, longest_latency{};
    Time mean_source_wait{};            ///< in the source's queue
    Time mean_waiting{};                ///< in the network, beyond the time of an empty one
    double mean_hops = 0.0;             ///< routers visited
    std::vector<LinkLoad> hot_spots{};  ///< the links most waited for
};

/// injected + copied = delivered + dropped + in_flight.
struct NocSummary {
    std::uint64_t injected = 0;
    std::uint64_t copied = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    std::uint64_t dropped_flits = 0;
    std::uint64_t in_flight = 0;
    std::optional<PacketSummary> packets{};
};

}  // namespace spikefab
