// SPDX-License-Identifier: Apache-2.0
// Checking routing, buffers and packets against each other.
#include "noc/check_options.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

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
    if (options.routing->claims().multicast && !fits)
        problems.push_back(
            fmt::format("copies of multicast packets of {} flits could block each other in buffers of {}\n  raise "
                        "buffer_depth to {}, or shorten the packets",
                        options.packet_flits, options.buffer_depth, options.packet_flits));
}

}  // namespace

RoutingReport check_options(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups) {
    std::vector<MulticastGroup> all = multicast_groups(options.multicast, topology);
    all.insert(all.end(), groups.begin(), groups.end());
    const auto routing = options.routing->make(topology, options.virtual_channels, all);
    RoutingReport report =
        check_routing(topology, *routing, options.virtual_channels, all, {.on_unreachable = options.on_unreachable});
    check_buffers(options, report.problems);
    if (!report.sound())
        throw InputError{
            fmt::format("noc: routing '{}' on this {}: {}", options.routing.name(), topology.family(), report.text())};
    return report;
}

}  // namespace spikefab::noc
