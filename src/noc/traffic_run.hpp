// SPDX-License-Identifier: Apache-2.0
// The NoC alone, as NoC people use it: random traffic at a rate, a warm-up, a measured window, latency and throughput.
#pragma once

#include "base/random.hpp"
#include "noc/engine.hpp"
#include "noc/packet.hpp"
#include "noc/statistics.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace spikefab::noc {

struct TrafficLoad {
    double rate = 0.1;         ///< packets per source and tick
    std::uint32_t flits = 1;   ///< of every packet
    Tick warmup = 1000;        ///< ticks before the measured window
    Tick measured = 10000;     ///< ticks of the measured window
    Tick drain_limit = 50000;  ///< ticks after it in which measured packets may still arrive
    std::uint64_t seed = 1;
    std::uint32_t sources = 1;  ///< endpoints 0 to sources - 1 send
    /// Where the next packet of `source` goes.
    std::function<std::uint32_t(std::uint32_t source, Rng& rng)> destination;
};

/// Packets created inside the measured window, and what left the network during it.
struct TrafficResult {
    std::uint64_t packets = 0;       ///< created in the window
    std::uint64_t arrived = 0;       ///< ... and delivered before the run ended
    double mean_latency = 0.0;       ///< ticks from creation to delivery
    double latency_deviation = 0.0;  ///< standard deviation
    Tick longest_latency = 0;
    Histogram histogram;
    double mean_hops = 0.0;      ///< routers visited per delivered packet, the source's router included
    double offered_rate = 0.0;   ///< packets created per source and tick of the window
    double accepted_rate = 0.0;  ///< packets delivered per source and tick of the window
    Counters counters;           ///< of the whole run

    /// True when the network could not take what was offered.
    [[nodiscard]] bool saturated() const { return arrived < packets; }
};

/// Makes the engine with the sink it is given, runs it, and stops when every measured packet has arrived.
[[nodiscard]] TrafficResult run_traffic(const std::function<std::unique_ptr<Engine>(Sink&)>& make_engine,
                                        const TrafficLoad& load);

}  // namespace spikefab::noc
