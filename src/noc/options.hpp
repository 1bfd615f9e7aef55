// SPDX-License-Identifier: Apache-2.0
// A NoC as a person writes it in YAML, under `noc:` of a chip or alone.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/routing/check.hpp"
#include "models/routing/multicast_group.hpp"
#include "models/routing/routing.hpp"
#include "models/routing/topology_model.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace spikefab::noc {

/// One hop of an asynchronous NoC.
struct StageTimes {
    Time latency{1.0};
    Time occupancy{1.0};
    std::optional<Time> credit;
    static constexpr auto fields = std::tuple{
        field("latency", &StageTimes::latency, {1e-3, 1e6}, "from the grant in one router to the earliest grant in the next")
            .required(),
        field("occupancy", &StageTimes::occupancy, {1e-3, 1e6}, "from one flit on the link to the next").required(),
        field("credit", &StageTimes::credit, {1e-3, 1e6},
              "from the grant that frees a buffer place until the sender may use it; default: the occupancy")};
};

/// Times of routers without a clock, by direction.
struct AsynchronousTimes {
    Time resolution{0.1};
    StageTimes east_west;
    StageTimes north_south;
    StageTimes inside_tile;
    std::optional<StageTimes> other;
    static constexpr auto fields =
        std::tuple{field("resolution", &AsynchronousTimes::resolution, {1e-3, 1e3}, "grid on which times are simulated"),
                   field("east_west", &AsynchronousTimes::east_west, "a hop along x").required(),
                   field("north_south", &AsynchronousTimes::north_south, "a hop along y").required(),
                   field("inside_tile", &AsynchronousTimes::inside_tile, "between a core and its router").required(),
                   field("other", &AsynchronousTimes::other, "any other link; default: as along x")};
};

enum class Arbitration { round_robin, fixed_priority };
constexpr auto enum_names(Arbitration) {
    return std::array<std::string_view, 2>{"round_robin", "fixed_priority"};
}

/// How a head gets a virtual channel of the next router.
enum class VcAllocation { with_switch, separate };
constexpr auto enum_names(VcAllocation) {
    return std::array<std::string_view, 2>{"with_switch", "separate"};
}

/// A router with a clock: the cycles of each pipeline stage. A hop takes routing + allocation + switch + link cycles, where
/// allocation is the longer of the two allocations when they run side by side (`speculative`) and their sum otherwise.
struct ClockedTimes {
    Frequency clock{1.0};
    std::uint32_t routing_delay = 0;
    std::uint32_t vc_allocation_delay = 1;
    std::uint32_t switch_allocation_delay = 1;
    std::uint32_t switch_delay = 1;
    std::uint32_t link_delay = 1;
    std::uint32_t credit_delay = 2;
    std::uint32_t injection_delay = 0;
    bool speculative = true;
    VcAllocation vc_allocation = VcAllocation::with_switch;
    static constexpr auto fields = std::tuple{
        field("clock", &ClockedTimes::clock, {1e-6, 1e3}, "clock of the routers").required(),
        field("routing_delay", &ClockedTimes::routing_delay, {0, 100},
              "cycles to look up the routes of all heads that wait at a router; who comes meanwhile waits for the next "
              "look-up; 0: routes are looked up one router ahead"),
        field("vc_allocation_delay", &ClockedTimes::vc_allocation_delay, {1, 100}, "cycles to get a virtual channel"),
        field("switch_allocation_delay", &ClockedTimes::switch_allocation_delay, {1, 100}, "cycles to get the switch"),
        field("switch_delay", &ClockedTimes::switch_delay, {0, 100}, "cycles through the switch"),
        field("link_delay", &ClockedTimes::link_delay, {0, 100}, "cycles over the link"),
        field("credit_delay", &ClockedTimes::credit_delay, {1, 1000},
              "cycles from the grant that frees a buffer place until the sender may use it"),
        field("injection_delay", &ClockedTimes::injection_delay, {0, 1000}, "cycles from a source's queue to its router"),
        field("speculative", &ClockedTimes::speculative, "a head asks for the switch while it asks for a virtual channel"),
        field("vc_allocation", &ClockedTimes::vc_allocation,
              "with_switch: a speculative switch grant brings a free channel along; separate: an allocator of its own")};
};

/// Routers made of one forwarder per direction with queues between them (see staged_engine.hpp), as in RANC.
struct StagedTimes {
    Frequency clock{1.0};
    std::uint32_t read = 1;
    std::uint32_t write = 1;
    std::uint32_t entry = 2;
    static constexpr auto fields = std::tuple{
        field("clock", &StagedTimes::clock, {1e-6, 1e3}, "clock of the routers").required(),
        field("read", &StagedTimes::read, {1, 100}, "cycles from choosing a queue until it is one packet shorter"),
        field("write", &StagedTimes::write, {1, 100}, "cycles from then until the next queue is one packet longer"),
        field("entry", &StagedTimes::entry, {1, 100}, "cycles from a core's seeing room until its packet is in its queue")};
};

/// Distances between neighbouring routers; lengths of links count in these.
struct TilePitch {
    Length x{};
    std::optional<Length> y;
    static constexpr auto fields =
        std::tuple{field("x", &TilePitch::x, {1e-3, 1e6}, "from one router to the next along x, and of links without direction")
                       .required(),
                   field("y", &TilePitch::y, {1e-3, 1e6}, "along y; default: as along x")};
};

enum class Switching { wormhole, virtual_cut_through };
constexpr auto enum_names(Switching) {
    return std::array<std::string_view, 2>{"wormhole", "virtual_cut_through"};
}

struct Options {
    ModelChoice<TopologyModel> topology;
    ModelChoice<RoutingModel> routing{"xy"};
    std::uint32_t planes = 1;
    std::uint32_t virtual_channels = 1;
    std::uint32_t buffer_depth = 4;
    std::uint32_t packet_flits = 1;
    std::uint32_t flit_bits = 32;
    std::optional<TilePitch> tile_pitch;
    Switching switching = Switching::wormhole;
    Arbitration arbitration = Arbitration::round_robin;
    OnUnreachable on_unreachable = OnUnreachable::refuse;
    std::vector<MulticastGroupOptions> multicast{};
    std::optional<ClockedTimes> clocked;
    std::optional<AsynchronousTimes> asynchronous;
    std::optional<StagedTimes> staged;
    static constexpr auto fields = std::tuple{
        field("topology", &Options::topology, "routers and links").required(),
        field("routing", &Options::routing, "which way packets take"),
        field("planes", &Options::planes, {1, 16}, "equal physical networks; packets of a source take them in turn"),
        field("virtual_channels", &Options::virtual_channels, {1, 16}, "virtual channels of a link"),
        field("buffer_depth", &Options::buffer_depth, {1, 65535}, "flits per input buffer and virtual channel"),
        field("packet_flits", &Options::packet_flits, {1, 65535},
              "flits of the longest packet; of every spike's packet on a chip"),
        field("flit_bits", &Options::flit_bits, {1, 65536}, "width of a link; prices per bit use it"),
        field("tile_pitch", &Options::tile_pitch,
              "distance between neighbouring routers; with it, bits times micrometres of wire are counted (link_bit_um)"),
        field("switching", &Options::switching, "whether a head waits until its whole packet has room ahead"),
        field("arbitration", &Options::arbitration, "who wins a link that several packets want"),
        field("on_unreachable", &Options::on_unreachable,
              "what to do when a core cannot reach another: refuse the NoC, or drop and count such packets"),
        field("multicast", &Options::multicast, "groups that one packet reaches, for multicast routings"),
        field("clocked", &Options::clocked, "routers with a clock"),
        field("asynchronous", &Options::asynchronous, "routers without a clock"),
        field("staged", &Options::staged, "clocked routers made of forwarders; exactly one of the three must be given")};
};

}  // namespace spikefab::noc
