// SPDX-License-Identifier: Apache-2.0
// Choosing and filling an engine.
#include "noc/make_engine.hpp"

#include "base/error.hpp"
#include "noc/single_lane_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab::noc {
namespace {

[[nodiscard]] Direction kind_of(spikefab::Direction direction) {
    switch (direction) {
        case spikefab::Direction::local:
            return Direction::inside_tile;
        case spikefab::Direction::east:
        case spikefab::Direction::west:
            return Direction::east_west;
        case spikefab::Direction::north:
        case spikefab::Direction::south:
            return Direction::north_south;
        case spikefab::Direction::other:
            return Direction::other;
    }
    return Direction::other;
}

[[nodiscard]] std::uint32_t in_ticks(Time time, Time tick, std::string_view what) {
    const double ticks = time / tick;
    if (ticks < 0.5)
        throw InputError{
            fmt::format("noc.asynchronous: {} of {} is below the resolution {}", what, format(time), format(tick))};
    return static_cast<std::uint32_t>(std::lround(ticks));
}

[[nodiscard]] HopTimes hop_times(const StageTimes& stage, Time tick) {
    return {.latency = in_ticks(stage.latency, tick, "a latency"),
            .occupancy = in_ticks(stage.occupancy, tick, "an occupancy"),
            .credit = in_ticks(stage.credit.value_or(stage.occupancy), tick, "a credit time")};
}

}  // namespace

Time tick_duration(const Options& options) {
    if (options.clocked.has_value() == options.asynchronous.has_value())
        throw InputError{"noc: write either `clocked:` or `asynchronous:`, so that hops take a known time"};
    return options.clocked ? period(options.clocked->clock) : options.asynchronous->resolution;
}

Timing timing_of(const Options& options) {
    const Time tick = tick_duration(options);
    Timing timing;
    if (options.clocked) {
        timing.hop.fill({.latency = options.clocked->hop_latency, .occupancy = 1, .credit = options.clocked->credit_latency});
        timing.injection_latency = options.clocked->injection_latency;
        return timing;
    }
    const AsynchronousTimes& times = *options.asynchronous;
    timing.hop[static_cast<std::size_t>(Direction::east_west)] = hop_times(times.east_west, tick);
    timing.hop[static_cast<std::size_t>(Direction::north_south)] = hop_times(times.north_south, tick);
    timing.hop[static_cast<std::size_t>(Direction::inside_tile)] = hop_times(times.inside_tile, tick);
    timing.hop[static_cast<std::size_t>(Direction::other)] = hop_times(times.other.value_or(times.east_west), tick);
    timing.injection_latency = in_ticks(times.inside_tile.latency, tick, "a latency");
    timing.injection_occupancy = in_ticks(times.inside_tile.occupancy, tick, "an occupancy");
    return timing;
}

Fabric fabric_of(const Topology& topology) {
    unsigned ports = 0;
    for (std::uint32_t r = 0; r < topology.routers(); ++r) ports = std::max(ports, topology.ports(RouterId{r}));
    Fabric fabric = make_fabric(static_cast<std::uint32_t>(topology.routers()), ports);
    for (const Channel& channel : topology.channels())
        fabric.connect({channel.from.value(), channel.from_port}, {channel.to.value(), channel.to_port},
                       kind_of(channel.direction));
    for (const Endpoint& endpoint : topology.endpoints()) fabric.attach({endpoint.router.value(), endpoint.port});
    for (std::uint32_t r = 0; r < topology.routers(); ++r) fabric.router_names[r] = topology.name(RouterId{r});
    return fabric;
}

std::unique_ptr<Engine> make_engine(const Options& options, const Topology& topology, Sink& sink) {
    const std::string& routing = options.routing.name();
    const bool dimension_order = routing == "xy" || routing == "yx";
    if (options.virtual_channels != 1 || !dimension_order || topology.family() != "mesh" || topology.faulty())
        throw InputError{fmt::format("noc: no engine runs '{}' on '{}' with {} virtual channel(s)", routing, topology.family(),
                                     options.virtual_channels)};
    SingleLanePlan plan;
    plan.fabric = fabric_of(topology);
    plan.timing = timing_of(options);
    plan.buffer_depth = options.buffer_depth;
    plan.round_robin = options.arbitration == Arbitration::round_robin;
    plan.mesh = {.width = topology.grid().width, .height = topology.grid().height, .x_first = routing == "xy"};
    return make_single_lane_engine(plan, sink);
}

}  // namespace spikefab::noc
