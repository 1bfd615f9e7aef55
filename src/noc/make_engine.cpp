// SPDX-License-Identifier: Apache-2.0
// Choosing and filling an engine.
#include "noc/make_engine.hpp"

#include "base/error.hpp"
#include "noc/single_lane_engine.hpp"
#include "noc/staged_engine.hpp"
#include "noc/virtual_channel_engine.hpp"
#include "noc/wire_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab::noc {
namespace {

/// Times lie on a grid; one that would come to lie far from where it was written needs a finer grid.
[[nodiscard]] std::uint32_t in_ticks(Time time, Time tick, std::string_view what) {
    constexpr double most_moved = 0.1;
    const double ticks = time / tick;
    const double rounded = std::round(ticks);
    if (std::abs(rounded - ticks) > most_moved * ticks)
        throw InputError{
            fmt::format("noc.asynchronous: {} of {} would become {} at a resolution of {}\n  use a finer resolution", what,
                        format(time), format(rounded * tick), format(tick))};
    return static_cast<std::uint32_t>(rounded);
}

[[nodiscard]] HopTimes hop_times(const StageTimes& stage, Time tick) {
    return {.latency = in_ticks(stage.latency, tick, "a latency"),
            .occupancy = in_ticks(stage.occupancy, tick, "an occupancy"),
            .credit = in_ticks(stage.credit.value_or(stage.occupancy), tick, "a credit time")};
}

}  // namespace

Time tick_duration(const Options& options) {
    if (int{options.clocked.has_value()} + int{options.asynchronous.has_value()} + int{options.staged.has_value()} != 1)
        throw InputError{"noc: write one of `clocked:`, `asynchronous:` and `staged:`, so that hops take a known time"};
    if (options.staged) return period(options.staged->clock);
    return options.clocked ? period(options.clocked->clock) : options.asynchronous->resolution;
}

Timing timing_of(const Options& options) {
    const Time tick = tick_duration(options);
    Timing timing;
    if (options.staged) return timing;  // the staged engine has its own
    if (options.clocked) {
        const ClockedTimes& times = *options.clocked;
        timing.hop.fill({.latency = 1 + times.switch_delay + times.link_delay, .occupancy = 1, .credit = times.credit_delay});
        timing.injection_latency = times.injection_delay;
        return timing;
    }
    const AsynchronousTimes& times = *options.asynchronous;
    timing.hop[index_of(HopKind::east_west)] = hop_times(times.east_west, tick);
    timing.hop[index_of(HopKind::north_south)] = hop_times(times.north_south, tick);
    timing.hop[index_of(HopKind::inside_tile)] = hop_times(times.inside_tile, tick);
    timing.hop[index_of(HopKind::other)] = hop_times(times.other.value_or(times.east_west), tick);
    timing.injection_latency = in_ticks(times.inside_tile.latency, tick, "a latency");
    timing.injection_occupancy = in_ticks(times.inside_tile.occupancy, tick, "an occupancy");
    return timing;
}

Plan plan_of(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups) {
    Plan plan;
    plan.topology = &topology;
    std::vector<MulticastGroup> all = multicast_groups(options.multicast, topology);
    all.insert(all.end(), groups.begin(), groups.end());
    plan.routing = options.routing->make(topology, options.virtual_channels, all);
    plan.timing = timing_of(options);
    if (options.clocked) {
        const ClockedTimes& times = *options.clocked;
        plan.stages = {.routing = times.routing_delay,
                       .vc_allocation = times.vc_allocation_delay,
                       .switch_allocation = times.switch_allocation_delay,
                       .speculative = times.speculative,
                       .piggyback = times.speculative && times.vc_allocation == VcAllocation::with_switch};
    }
    plan.vcs = options.virtual_channels;
    plan.buffer_depth = options.buffer_depth;
    plan.longest_packet = options.packet_flits;
    plan.round_robin = options.arbitration == Arbitration::round_robin;
    plan.cut_through = options.switching == Switching::virtual_cut_through;
    plan.count_links = WireUse{options, topology}.needs_links();
    return plan;
}

Ways ways_of(const Options& options, const Topology& topology) {
    const GridShape& grid = topology.grid();
    const bool whole_mesh = topology.family() == "mesh" && !topology.faulty() && grid.width <= Way::longest_run &&
                            grid.height <= Way::longest_run && topology.ports(RouterId{0U}) <= Way::most_ports;
    if (whole_mesh && options.routing.name() == "xy") return Ways::x_then_y;
    if (whole_mesh && options.routing.name() == "yx") return Ways::y_then_x;
    return Ways::by_algorithm;
}

std::unique_ptr<Engine> make_engine(const Options& options, const Topology& topology, Sink& sink,
                                    std::span<const MulticastGroup> groups) {
    const Plan plan = plan_of(options, topology, groups);
    if (options.staged)
        return make_staged_engine(plan, {options.staged->read, options.staged->write, options.staged->entry}, sink);
    const Ways ways = ways_of(options, topology);
    if (fits_single_lane(plan)) return make_single_lane_engine(plan, ways, sink);
    return make_virtual_channel_engine(plan, ways, sink);
}

}  // namespace spikefab::noc
