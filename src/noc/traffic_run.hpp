// SPDX-License-Identifier: Apache-2.0
// The NoC alone, as NoC people use it: random traffic at a rate, a warm-up, a measured window, latency and throughput.
#pragma once

#include "models/routing/routing.hpp"
#include "models/routing/traffic.hpp"
#include "noc/engine.hpp"
#include "noc/packet.hpp"
#include "noc/packet_log.hpp"
#include "noc/statistics.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace spikefab::noc {

struct TrafficLoad {
    const TrafficPattern* pattern = nullptr;    ///< to whom
    const InjectionModel* injection = nullptr;  ///< when
    double rate = 0.1;                          ///< packets per source and tick
    std::uint32_t sources = 1;                  ///< endpoints 0 to sources - 1 send
    std::uint32_t dead = 0;                     ///< ... but for this many of them
    std::uint32_t flits = 1;                    ///< of every packet
    std::uint32_t planes = 1;                   ///< equal networks; packets of a source take them in turn
    std::span<const MulticastGroup> groups{};   ///< that engines know; must outlive the run
    double multicast_share = 0.0;               ///< of the packets of a source with groups: to one of them, in turn
    Tick warmup = 1000;                         ///< ticks before the measured window
    Tick measured = 10000;                      ///< ticks of the measured window
    Tick drain_limit = 20000;                   ///< ticks after it in which measured packets may still arrive
    std::uint64_t seed = 1;
    std::function<bool()> stop_requested{};  ///< asked every few hundred ticks; the run ends where it is when it says so
};

/// Packets created inside the measured window, and what left the network during it.
struct TrafficResult {
    std::uint64_t packets = 0;       ///< created in the window
    std::uint64_t expected = 0;      ///< deliveries that they should become: more than packets with multicast
    std::uint64_t arrived = 0;       ///< ... and those made before the run ended
    double mean_latency = 0.0;       ///< ticks from creation to delivery of those that arrived
    double latency_deviation = 0.0;  ///< their standard deviation
    Tick longest_latency = 0;
    Histogram histogram;
    double mean_hops = 0.0;                 ///< routers visited per delivered flit, the source's router included
    double offered_rate = 0.0;              ///< packets created per working source and tick of the window
    double accepted_rate = 0.0;             ///< packets delivered per working source and tick of the window
    Counters counters;                      ///< of the whole run, all planes
    std::vector<std::uint64_t> link_flits;  ///< of the whole run, all planes; see Engine::link_flits
    Tick elapsed = 0;                       ///< ticks of the whole run
    bool falls_behind = false;              ///< packets became more and more during the window
    std::string stuck;                      ///< who waits for whom when the network deadlocked

    /// True when the network cannot take this load: it falls behind, or measured packets had not all arrived within the drain
    /// limit.
    [[nodiscard]] bool saturated() const { return falls_behind || arrived + counters.dropped < expected; }
};

/// Makes the engine of a plane.
using EngineMaker = std::function<std::unique_ptr<Engine>(Sink&)>;

/// Runs the load through fresh engines until every measured packet has arrived or the drain limit is reached; sources go
/// on sending meanwhile. `packet_log` may be null.
[[nodiscard]] TrafficResult run_traffic(const EngineMaker& make_engine, const TrafficLoad& load,
                                        PacketLog* packet_log = nullptr);

}  // namespace spikefab::noc
