// SPDX-License-Identifier: Apache-2.0
// Checking routing, buffers and packets against each other.
#include "noc/check_options.hpp"

#include "base/error.hpp"

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
            fmt::format("packets of {} flits do not fit into buffers of {}, so under virtual_cut_through none would "
                        "ever move\n  raise buffer_depth to {}, or use switching wormhole",
                        options.packet_flits, options.buffer_depth, options.packet_flits));
    if (options.routing->claims().multicast && options.packet_flits > 1)
        problems.push_back(fmt::format(
            "routers copy multicast packets flit by flit, and the flits of copies of {} would mix\n  set packet_flits "
            "to 1 and widen the link with flit_bits, or use a routing without multicast",
            options.packet_flits));
}

/// A head whose switch grant comes before its channel can be there would lose every grant.
void check_pipeline(const Options& options, std::vector<std::string>& problems) {
    if (!options.clocked || !options.clocked->speculative || options.clocked->vc_allocation == VcAllocation::with_switch)
        return;
    if (options.clocked->vc_allocation_delay > options.clocked->switch_allocation_delay)
        problems.push_back(
            fmt::format("a head would be granted the switch after {} cycles, before its channel of {} cycles\n  raise "
                        "switch_allocation_delay, or set speculative to false",
                        options.clocked->switch_allocation_delay, options.clocked->vc_allocation_delay));
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

RoutingReport check_options(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups) {
    std::vector<MulticastGroup> all = naming("noc", [&] { return multicast_groups(options.multicast, topology); });
    all.insert(all.end(), groups.begin(), groups.end());
    const auto routing = naming("noc", [&] { return options.routing->make(topology, options.virtual_channels, all); });
    RoutingReport report =
        check_routing(topology, *routing, options.virtual_channels, all, {.on_unreachable = options.on_unreachable});
    check_buffers(options, report.problems);
    check_pipeline(options, report.problems);
    if (!report.sound())
        throw InputError{
            fmt::format("noc: routing '{}' on this {}: {}", options.routing.name(), topology.family(), report.text())};
    return report;
}

}  // namespace spikefab::noc
