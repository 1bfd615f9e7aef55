// SPDX-License-Identifier: Apache-2.0
// A NoC as a person writes it in YAML, under `noc:` of a chip or alone.
#pragma once

#include "base/field.hpp"
#include "base/registry.hpp"
#include "models/routing/routing.hpp"
#include "models/routing/topology_model.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

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

/// A router with a clock: cycles per stage.
struct ClockedTimes {
    Frequency clock{1.0};
    std::uint32_t hop_latency = 1;
    std::uint32_t credit_latency = 1;
    std::uint32_t injection_latency = 0;
    static constexpr auto fields = std::tuple{
        field("clock", &ClockedTimes::clock, {1e-6, 1e3}, "clock of the routers").required(),
        field("hop_latency", &ClockedTimes::hop_latency, {1, 1000}, "cycles from the grant in one router to that in the next"),
        field("credit_latency", &ClockedTimes::credit_latency, {1, 1000},
              "cycles from the grant that frees a buffer place until the sender may use it"),
        field("injection_latency", &ClockedTimes::injection_latency, {0, 1000}, "cycles from a source's queue to its router")};
};

struct Options {
    ModelChoice<TopologyModel> topology;
    ModelChoice<RoutingModel> routing{"xy"};
    std::uint32_t planes = 1;
    std::uint32_t virtual_channels = 1;
    std::uint32_t buffer_depth = 4;
    Arbitration arbitration = Arbitration::round_robin;
    std::optional<ClockedTimes> clocked;
    std::optional<AsynchronousTimes> asynchronous;
    static constexpr auto fields = std::tuple{
        field("topology", &Options::topology, "routers and links").required(),
        field("routing", &Options::routing, "which way packets take"),
        field("planes", &Options::planes, {1, 16}, "equal physical networks; packets of a source take them in turn"),
        field("virtual_channels", &Options::virtual_channels, {1, 16}, "virtual channels of a link"),
        field("buffer_depth", &Options::buffer_depth, {1, 128}, "flits per input buffer and virtual channel"),
        field("arbitration", &Options::arbitration, "who wins a link that several packets want"),
        field("clocked", &Options::clocked, "routers with a clock"),
        field("asynchronous", &Options::asynchronous, "routers without a clock; exactly one of the two must be given")};
};

}  // namespace spikefab::noc
