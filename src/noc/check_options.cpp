// SPDX-License-Identifier: Apache-2.0
// Checking routing, buffers and packets against each other.
#include "noc/check_options.hpp"

#include "base/error.hpp"
#include "noc/staged_engine.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace spikefab::noc {
namespace {

/// A head that waits for room for its whole packet waits for ever when a buffer cannot hold one.
void check_buffers(const Options& options, std::vector<std::string>& problems) {
    const bool fits = options.packet_flits <= options.buffer_depth;
    if (options.switching == Switching::virtual_cut_through && !fits)
        problems.push_back(
            fmt::format("noc.switching: packets of {} flits do not fit into buffers of {}, so under virtual_cut_through "
                        "none would ever move\n  raise buffer_depth to {}, or use switching wormhole",
                        options.packet_flits, options.buffer_depth, options.packet_flits));
    if (options.routing->claims().multicast && options.packet_flits > 1)
        problems.push_back(fmt::format(
            "noc.packet_flits: routers copy multicast packets flit by flit, and the flits of copies of {} would mix\n  set "
            "packet_flits to 1 and widen the link with flit_bits, or use a routing without multicast",
            options.packet_flits));
}

/// A head whose switch grant comes before its channel can be there would lose every grant.
void check_pipeline(const Options& options, std::vector<std::string>& problems) {
    if (!options.clocked || !options.clocked->speculative || options.clocked->vc_allocation == VcAllocation::with_switch)
        return;
    if (options.clocked->vc_allocation_delay > options.clocked->switch_allocation_delay)
        problems.push_back(
            fmt::format("noc.clocked: a head would be granted the switch after {} cycles, before its channel of {} cycles\n  "
                        "raise switch_allocation_delay, or set speculative to false",
                        options.clocked->switch_allocation_delay, options.clocked->vc_allocation_delay));
}

/// Forwarders know packets of one flit, no channels, and one way on a whole mesh.
void check_forwarders(const Options& options, const Topology& topology, std::vector<std::string>& problems) {
    if (!options.staged) return;
    constexpr std::string_view advice = "or use clocked routers";
    if (!fits_forwarders(topology))
        problems.push_back(
            fmt::format("noc.staged: routers made of forwarders need a whole mesh with one core per router\n  "
                        "use topology mesh without faults and with cores_per_router 1, {}",
                        advice));
    if (options.routing.name() != "xy" && options.routing.name() != "relative")
        problems.push_back(
            fmt::format("noc.routing: routers made of forwarders send packets along x and then along y, not by '{}'\n  use "
                        "routing xy or relative, {}",
                        options.routing.name(), advice));
    if (options.packet_flits > 1)
        problems.push_back(fmt::format(
            "noc.packet_flits: routers made of forwarders pass packets of one flit, not of {}\n  set packet_flits to "
            "1 and widen the link with flit_bits, {}",
            options.packet_flits, advice));
    if (options.virtual_channels > 1)
        problems.push_back(fmt::format(
            "noc.virtual_channels: routers made of forwarders have no virtual channels, but {} are given\n  leave them out, {}",
            options.virtual_channels, advice));
}

/// What `make` returns; its InputErrors say what they are about.
template <class Make>
auto naming(std::string_view what, Make make) {
    try {
        return make();
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}: {}", what, error.what())};
    }
}

}  // namespace

Topology build_topology(const Options& options) {
    return naming("noc: topology", [&] { return options.topology->build(); });
}

void check_parts(const Options& options, const Topology& topology) {
    std::vector<std::string> problems;
    check_buffers(options, problems);
    check_pipeline(options, problems);
    check_forwarders(options, topology, problems);
    if (!problems.empty()) throw InputError{fmt::format("{}", fmt::join(problems, "\n"))};
}

RoutingReport check_options(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups) {
    check_parts(options, topology);
    std::vector<MulticastGroup> all = naming("noc", [&] { return multicast_groups(options.multicast, topology); });
    all.insert(all.end(), groups.begin(), groups.end());
    const auto routing = naming("noc", [&] { return options.routing->make(topology, options.virtual_channels, all); });
    RoutingReport report =
        check_routing(topology, *routing, options.virtual_channels, all, {.on_unreachable = options.on_unreachable});
    if (!report.sound())
        throw InputError{
            fmt::format("noc: routing '{}' on this {}: {}", options.routing.name(), topology.family(), report.text())};
    return report;
}

}  // namespace spikefab::noc
