// SPDX-License-Identifier: Apache-2.0
// Which virtual channel may wait for which: the channel-dependency graph, and its cycles.
//
// A routing function whose graph has no cycle cannot deadlock (Dally and Seitz, IEEE Trans. Computers C-36(5), 1987).
#pragma once

#include "models/routing/routing.hpp"

#include <span>
#include <string>
#include <vector>

namespace spikefab {

class ChannelDependencies final {
public:
    ChannelDependencies(const Topology& topology, unsigned vcs);

    /// A packet that arrived at port `in` of `router` on one of `in_vcs` may ask for port `out` on any of `out_vcs`.
    /// Local and edge ports are ignored: sources and sinks hold no channel.
    void add(RouterId router, PortIndex in, VcMask in_vcs, PortIndex out, VcMask out_vcs);

    /// One cycle of virtual channels, each waiting for the next, or nothing.
    [[nodiscard]] std::vector<std::uint32_t> find_cycle() const;
    /// Edges of the graph.
    [[nodiscard]] std::uint64_t edges() const;

    /// Number of virtual channel `vc` of `channel` in the graph.
    [[nodiscard]] std::uint32_t node(ChannelId channel, unsigned vc) const { return channel.value() * vcs_ + vc; }
    /// "router 0 (x 0, y 0) -> east -> router 1 (x 1, y 0), channel 0", one line each.
    [[nodiscard]] std::string describe(std::span<const std::uint32_t> nodes) const;

private:
    [[nodiscard]] std::size_t turn(RouterId router, PortIndex in, PortIndex out) const;
    void append_successors(std::uint32_t node, std::vector<std::uint32_t>& next) const;

    const Topology& topology_;
    unsigned vcs_;
    std::vector<std::size_t> first_turn_;  ///< of each router; a turn is a pair of its network ports
    std::vector<VcMask> asks_;             ///< [turn * vcs + channel held]: channels that may be asked for
};

}  // namespace spikefab
