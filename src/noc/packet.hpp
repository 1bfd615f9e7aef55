// SPDX-License-Identifier: Apache-2.0
// What travels through the NoC, who receives it, and who may watch it.
#pragma once

#include <cstdint>
#include <limits>

namespace spikefab::noc {

/// Integer engine time: one clock cycle of a clocked NoC, one step of the fine grid of an asynchronous one.
using Tick = std::uint64_t;
inline constexpr Tick never = std::numeric_limits<Tick>::max();
inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// A message from one endpoint (core, edge port) to another. `data` belongs to the endpoints: the NoC never looks at it.
struct Packet {
    std::uint32_t source = 0;
    std::uint32_t destination = 0;
    std::uint32_t tag = none;  ///< multicast group or key for routing algorithms that use one; then no destination
    std::uint32_t flits = 1;
    std::uint64_t data = 0;
    Tick created = 0;  ///< when the source wanted to send it; latency counts from here

    bool operator==(const Packet&) const = default;
};

/// Whoever receives packets: the cores and the edge ports of a chip.
class Sink {
public:
    virtual ~Sink() = default;
    /// Called once per packet, when its last flit reaches `endpoint`. Returns the tick (>= now) at which the endpoint
    /// frees the packet's place in its ejection buffer; until then the network cannot use that place.
    virtual Tick accept(std::uint32_t endpoint, const Packet& packet, Tick now) = 0;
};

/// What an observed packet has been through; kept only while somebody observes.
struct Trip {
    Tick entered = 0;           ///< when its head left the source's queue
    Tick waited = 0;            ///< ticks spent in the network beyond those of an empty one
    std::uint32_t routers = 0;  ///< visited by its head
    std::uint32_t slowest = 1;  ///< the longest occupancy of a link on its way, in ticks
    Tick due = 0;               ///< when its head will be granted next if it never waits
    Tick exit = 0;              ///< when its head reaches the sink if it was the last grant
};

/// Hooks for traces; all empty. An engine without an observer pays one pointer test per event.
class Observer {
public:
    virtual ~Observer() = default;
    /// False spares the engine the calls of `hop`, `waited` and `arrived`; asked when the observer is set.
    [[nodiscard]] virtual bool watches_hops() const { return true; }
    /// The head flit left its source's queue.
    virtual void injected(std::uint32_t /*endpoint*/, const Packet& /*packet*/, Tick /*now*/) {}
    /// A flit was granted output `port` of `router`.
    virtual void hop(std::uint32_t /*router*/, std::uint32_t /*port*/, const Packet& /*packet*/, Tick /*now*/) {}
    virtual void delivered(std::uint32_t /*endpoint*/, const Packet& /*packet*/, Tick /*now*/) {}
    /// The same, with what happened to the packet on its way.
    virtual void arrived(std::uint32_t /*endpoint*/, const Packet& /*packet*/, const Trip& /*trip*/, Tick /*now*/) {}
    /// The head was granted output `port` of `router` `ticks` later than in an empty network.
    virtual void waited(std::uint32_t /*router*/, std::uint32_t /*port*/, const Packet& /*packet*/, Tick /*ticks*/) {}
    /// A stage of a staged router stood still from tick `first` to `last` because a queue behind it was full; `packet` is
    /// the one that filled it. Told when it goes on.
    virtual void stalled(std::uint32_t /*router*/, std::uint32_t /*port*/, const Packet& /*packet*/, Tick /*first*/,
                         Tick /*last*/) {}
    virtual void dropped(std::uint32_t /*router*/, const Packet& /*packet*/, Tick /*now*/) {}
};

}  // namespace spikefab::noc
