// SPDX-License-Identifier: Apache-2.0
// The state of an input-queued router with virtual channels, as plain data: lanes (one channel of one input), ports,
// routers, and the events on their links. Bit-fields where bytes would do, because a store to a byte makes the compiler
// load everything else again.
#pragma once

#include "models/routing/routing.hpp"
#include "noc/event_list.hpp"
#include "noc/packet.hpp"
#include "noc/way.hpp"

#include <cstdint>

namespace spikefab::noc {

struct LaneFlit {
    LaneFlit() = default;
    LaneFlit(std::uint32_t number, bool is_head, bool is_tail) : packet{number & 0x3fffffffU}, head{is_head}, tail{is_tail} {}

    std::uint32_t packet : 30 = 0;
    std::uint32_t head : 1 = 0;
    std::uint32_t tail : 1 = 0;
    Way way{};  ///< of a head, where ways are computed at the source
};
static_assert(sizeof(LaneFlit) == 8);

enum class LaneState : std::uint32_t {
    idle,      ///< no packet
    routing,   ///< the head's route is being looked up
    waiting,   ///< the head has a route and needs a channel of the next router
    active,    ///< the packet holds an output and a channel
    copying,   ///< a multicast packet with copies still to send
    dropping,  ///< the packet has no way to go
};

/// One channel of one input: a ring of flits and the state of the packet at its front.
struct Lane {
    LaneState state : 4 = LaneState::idle;
    std::uint32_t granted : 1 = 0;    ///< waiting, but a channel has been allocated and will be taken in this tick
    std::uint32_t options : 4 = 0;    ///< outputs that the packet may take; more than one only when routing is adaptive
    std::uint32_t output : 8 = 0;     ///< when active or granted
    std::uint32_t output_vc : 8 = 0;  ///< the same
    std::uint16_t first = 0;          ///< where the ring starts
    std::uint16_t count = 0;
    std::uint32_t phase = 0;  ///< low bits of the tick of the first request; retries follow every allocation delay
    RouteOption option{};     ///< the first option
};
static_assert(sizeof(Lane) == 16);

/// What a router keeps of one port, as input and as output.
struct PortState {
    VcMask free = 0;                ///< channels behind this output that no packet holds
    VcMask credited = 0;            ///< channels behind this output with room
    std::uint16_t lane_turn = 0;    ///< lane of this input that may ask first
    std::uint16_t vc_turn = 0;      ///< channel behind this output to be handed out first
    std::uint16_t grant_turn = 0;   ///< input that this output grants first
    std::uint16_t accept_turn = 0;  ///< output that this input accepts first
};

/// When a port can be used again; asynchronous only.
struct PortTimes {
    Tick input = 0;
    Tick output = 0;
};

/// When a router may have to be visited without a new flit or credit.
struct VisitTimes {
    Tick awake_until = 0;  ///< requests of several ticks may still go out before this tick
    Tick wake = 0;         ///< when a visit is already due (asynchronous)
};

/// A flit that reaches a lane.
struct LaneArrival {
    LaneFlit flit;
    std::uint32_t lane;
};
/// A flit that reaches an endpoint.
struct LaneDeparture {
    LaneFlit flit;
    std::uint32_t endpoint;
    std::uint32_t from;  ///< the output channel it came by
};
/// An allocation whose result takes effect in a later tick.
struct LateGrant {
    std::uint32_t lane;
    std::uint32_t output;
    std::uint32_t vc;
    bool valid;
};

struct LaneBucket {
    EventList<LaneArrival> arrivals;
    EventList<std::uint32_t> credits;         ///< output channels
    EventList<std::uint32_t> source_credits;  ///< endpoint * vcs + channel
    EventList<std::uint32_t> routed;          ///< lanes whose head has been routed
    EventList<std::uint32_t> wakes;           ///< routers
    EventList<LaneDeparture> departures;
    EventList<LateGrant> vc_grants;
    EventList<LateGrant> switch_grants;
};

}  // namespace spikefab::noc
