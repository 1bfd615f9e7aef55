// SPDX-License-Identifier: Apache-2.0
// An input-queued router with virtual channels as plain data, laid out for large networks, where every cache line of a
// router that is touched is waited for.
#pragma once

#include "models/routing/routing.hpp"
#include "noc/packet.hpp"
#include "noc/target.hpp"
#include "noc/way.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace spikefab::noc {

inline constexpr std::size_t cache_line = 64;

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

/// The first ways that the packet at the front of a lane may take, a byte each: up to 16 ports, 4 channels and 255 places.
class PackedOptions final {
public:
    static constexpr std::size_t kept = 4;
    static constexpr int port_bits = 4;
    static constexpr int place_bits = 8;  ///< of numbers up to the depth of a lane

    void keep(RouteOption only) { bits_ = packed(only); }
    /// Keeps the options of a route that has no more than `kept`; what lies behind them is copied too, and never looked at.
    void keep(const Route& route) {
        std::uint32_t bits = 0;
        for (std::size_t place = 0; place < kept; ++place) bits |= packed(route.options[place]) << (8 * place);
        bits_ = bits;
    }
    [[nodiscard]] RouteOption operator[](std::size_t place) const {
        const std::uint32_t option = bits_ >> (8 * place);
        return {static_cast<PortIndex>(option & 15U), static_cast<VcMask>(option >> 4U & 15U)};
    }

private:
    [[nodiscard]] static std::uint32_t packed(RouteOption option) { return (option.port & 15U) | (option.vcs & 15U) << 4U; }

    std::uint32_t bits_ = 0;
};

/// The same for routers of any size.
class WideOptions final {
public:
    static constexpr std::size_t kept = 3;  ///< as many as a minimal route in two dimensions with an escape has
    static constexpr int port_bits = 6;
    static constexpr int place_bits = 16;

    void keep(RouteOption only) { options_[0] = only; }
    void keep(const Route& route) { std::copy_n(route.options.begin(), kept, options_.begin()); }
    [[nodiscard]] RouteOption operator[](std::size_t place) const { return options_[place]; }

private:
    std::array<RouteOption, kept> options_{};
};

/// A lane is one channel of one input: its first flit, the state of that flit's packet, and where in a ring elsewhere the
/// flits behind it are. Bit-fields and not bytes, because a store to a byte makes the compiler load everything else again.
template <class Options>
struct Lane {
    static constexpr std::size_t kept = Options::kept;

    LaneFlit front{};
    std::uint16_t first : Options::place_bits = 0;  ///< where the ring of the flits behind the front starts
    std::uint16_t count : Options::place_bits = 0;  ///< flits, the front included
    LaneState state : 3 = LaneState::idle;
    std::uint16_t options : 4 = 0;    ///< ways that the packet may take; more than one only when routing is adaptive
    std::uint16_t output_vc : 4 = 0;  ///< when active or granted
    std::uint16_t output : Options::port_bits = 0;  ///< the same
    Options option{};                               ///< the first ways

    /// A packet with `ways` ways has come to the front; it has no output yet.
    void begin(LaneState now, unsigned ways) {
        state = now;
        options = ways & 15U;
        output_vc = 0;
        output = 0;
    }
};
static_assert(sizeof(Lane<PackedOptions>) == 16 && sizeof(Lane<WideOptions>) == 28);

/// What a router keeps of one port, as input and as output.
struct PortState {
    VcMask free = 0;                    ///< channels behind this output that no packet holds
    VcMask credited = 0;                ///< channels behind this output with room
    std::uint16_t lane_turn : 8 = 0;    ///< lane of this input that may ask first
    std::uint16_t vc_turn : 8 = 0;      ///< channel behind this output to be handed out first
    std::uint16_t grant_turn : 8 = 0;   ///< input that this output grants first
    std::uint16_t accept_turn : 8 = 0;  ///< output that this input accepts first
};
static_assert(sizeof(PortState) == 8);

/// A router of up to `Ports` ports with up to 2^VcBits channels each. Lanes, and the channels behind outputs, are numbered
/// port << VcBits | channel. A flit that passes an empty router of five ports and four channels touches three cache lines:
/// who asks and the ports, the links and credits, its input's lanes.
template <unsigned Ports, unsigned VcBits>
struct alignas(cache_line) RouterRecord {
    static constexpr std::uint32_t lanes = Ports << VcBits;
    static constexpr std::uint32_t words = (lanes + 63) / 64;
    static constexpr bool packed = Ports <= 16 && VcBits <= 2;
    using LaneType = Lane<std::conditional_t<packed, PackedOptions, WideOptions>>;
    using Words = std::array<std::uint64_t, words>;
    using Turn = std::conditional_t<packed, std::uint8_t, std::uint16_t>;
    static constexpr std::uint32_t deepest = (1U << (packed ? PackedOptions::place_bits : WideOptions::place_bits)) - 1;

    Words asking_vc{};      ///< lanes that ask for a channel, a bit each
    Words asking_switch{};  ///< lanes that ask for the switch
    std::array<PortState, Ports> port{};
    alignas(Ports <= 5 ? cache_line : alignof(Target)) std::array<Target, Ports> downstream{};  ///< where each output leads
    std::array<std::uint16_t, lanes> credits{};  ///< free places of the channels behind outputs
    alignas(cache_line) std::array<LaneType, lanes> lane{};
    std::array<Turn, lanes> channel_grant_turn{};   ///< lane that each channel behind an output grants first
    std::array<Turn, lanes> channel_accept_turn{};  ///< channel that each lane accepts first

    [[nodiscard]] bool pending() const {
        std::uint64_t any = 0;
        for (std::uint32_t word = 0; word < words; ++word) any |= asking_vc[word] | asking_switch[word];
        return any != 0;
    }
};
static_assert(sizeof(RouterRecord<5, 2>) == 8 * cache_line);

}  // namespace spikefab::noc
