// SPDX-License-Identifier: Apache-2.0
// The NoC as cores and tests see it: packets in, a clock that skips idle time, packets out, counts.
//
// Timing: a packet whose source may send at tick T is granted its first switch at T + injection_latency, each further
// router adds the latency of the link before it, and it reaches the sink one `inside_tile` latency after its last grant.
#pragma once

#include "noc/packet.hpp"
#include "noc/statistics.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spikefab::noc {

class Engine {
public:
    virtual ~Engine() = default;

    /// Queues `packet` at `endpoint`, to leave at `not_before` or as soon after as the network takes it. The queue has
    /// no limit; `not_before` must not decrease from packet to packet of one endpoint, nor lie before `now()`.
    virtual void inject(std::uint32_t endpoint, const Packet& packet, Tick not_before) = 0;
    /// Packets waiting in the source queue of `endpoint`.
    [[nodiscard]] virtual std::size_t queued(std::uint32_t endpoint) const = 0;

    /// The next tick in which something happens; nothing when nothing ever will (see `stuck`).
    [[nodiscard]] virtual std::optional<Tick> next_event() const = 0;
    /// Simulates every tick before `horizon` in which something happens and returns the time reached: `horizon`, or
    /// what a sink asked for through `limit_horizon`. With `never` it runs until nothing is left to do.
    virtual Tick run_until(Tick horizon) = 0;
    /// Ends the current `run_until` before `horizon`; for sinks that will answer at that time.
    virtual void limit_horizon(Tick horizon) = 0;
    /// The first tick not yet simulated.
    [[nodiscard]] virtual Tick now() const = 0;
    /// True when no packet is queued or in the network.
    [[nodiscard]] virtual bool idle() const = 0;

    [[nodiscard]] virtual Counters counters() const = 0;
    [[nodiscard]] virtual const LatencyStatistics& latency() const = 0;
    /// Flits over each output since the engine was made, [router * ports + port]; empty unless asked for at construction.
    [[nodiscard]] virtual std::span<const std::uint64_t> link_flits() const = 0;
    /// Null to stop observing.
    virtual void observe(Observer* observer) = 0;

    /// True when packets are in the network and no event will ever move one: a deadlock.
    [[nodiscard]] bool stuck() const { return !idle() && !next_event(); }
    /// Who waits for whom, one line per buffer, the cycle first: "router (3,2) east waits for router (4,2) north".
    [[nodiscard]] virtual std::string explain_stuck() const = 0;
};

}  // namespace spikefab::noc
