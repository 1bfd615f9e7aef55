// SPDX-License-Identifier: Apache-2.0
// An input-queued router with virtual channels as plain data.
#pragma once

#include "models/routing/routing.hpp"
#include "noc/packet.hpp"
#include "noc/target.hpp"
#include "noc/way.hpp"

#include <array>
#include <cstdint>

namespace spikefab::noc {

struct LaneFlit {
    LaneFlit() = default;
    LaneFlit(std::uint32_t number, bool is_head, bool is_tail) : packet{number & 0x3fffffffU}, head{is_head}, tail{is_tail} {}

    std::uint32_t packet : 30 = 0;
    std::uint32_t head : 1 = 0;
    std::uint32_t tail : 1 = 0;
    Way way{};  ///< of a head: its way, where ways are computed at the source, or its destination
};
static_assert(sizeof(LaneFlit) == 8);

enum class LaneState : std::uint16_t {
    idle,      ///< no packet
    routing,   ///< the head's route is being looked up
    waiting,   ///< the head has a route and needs a channel of the next router
    granted,   ///< as waiting, but a channel has been allocated and will be taken in this tick
    active,    ///< the packet holds an output and a channel
    copying,   ///< a multicast packet with copies still to send
    dropping,  ///< the packet has no way to go
};

/// A lane is one channel of one input: a ring of flits and the state of the packet at its front.
struct Lane {
    LaneState state = LaneState::idle;
    std::uint16_t options = 0;    ///< outputs that the packet may take; more than one only when routing is adaptive
    std::uint16_t output = 0;     ///< when active or granted
    std::uint16_t output_vc = 0;  ///< the same
    std::uint16_t first = 0;      ///< where the ring starts
    std::uint16_t count = 0;
    static constexpr std::size_t kept = 3;   ///< as many as a minimal route in two dimensions with an escape has
    std::array<RouteOption, kept> option{};  ///< the first options
};
static_assert(sizeof(Lane) == 24);

/// What a router keeps of one port, as input and as output.
struct PortState {
    VcMask free = 0;                ///< channels behind this output that no packet holds
    VcMask credited = 0;            ///< channels behind this output with room
    std::uint16_t lane_turn = 0;    ///< lane of this input that may ask first
    std::uint16_t vc_turn = 0;      ///< channel behind this output to be handed out first
    std::uint16_t grant_turn = 0;   ///< input that this output grants first
    std::uint16_t accept_turn = 0;  ///< output that this input accepts first
    Links links{};
};

/// A router of up to 2^PortBits ports with up to 2^VcBits channels each. Lanes, and the channels behind outputs, are
/// numbered port << VcBits | channel.
template <unsigned PortBits, unsigned VcBits>
struct RouterRecord {
    static constexpr std::uint32_t ports = 1U << PortBits;
    static constexpr std::uint32_t lanes = ports << VcBits;
    static constexpr std::uint32_t words = (lanes + 63) / 64;

    std::array<std::uint64_t, words> asking_vc{};      ///< lanes that ask for a channel, a bit each
    std::array<std::uint64_t, words> asking_switch{};  ///< lanes that ask for the switch
    std::array<PortState, ports> port{};
    std::array<Lane, lanes> lane{};
    std::array<std::uint16_t, lanes> credits{};              ///< free places of the channels behind outputs
    std::array<std::uint16_t, lanes> channel_grant_turn{};   ///< lane that each such channel grants first
    std::array<std::uint16_t, lanes> channel_accept_turn{};  ///< channel that each lane accepts first

    [[nodiscard]] bool pending() const {
        std::uint64_t any = 0;
        for (std::uint32_t word = 0; word < words; ++word) any |= asking_vc[word] | asking_switch[word];
        return any != 0;
    }
};

}  // namespace spikefab::noc
