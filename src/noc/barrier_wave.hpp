// SPDX-License-Identifier: Apache-2.0
// A barrier as messages over a drained NoC: every member tells its parent in a tree that it and all below it are done, the
// root answers, and the answer goes down the tree. The messages are packets of the NoC itself, so their hop times, and who
// waits behind whom where several come to one parent, are the engine's.
//
// Loihi ends its time steps so: messages between neighbours first flush spikes in flight, then a wave lets all cores advance
// (Davies et al., IEEE Micro 38(1), 2018). The shape of its wave is not published; here the members form a tree of shortest
// paths round the member in their middle.
#pragma once

#include "models/routing/topology.hpp"
#include "noc/options.hpp"
#include "noc/statistics.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikefab::noc {

/// Who tells whom: `parent[i]` is the place of member i's parent among the members, its own place at the root.
struct BarrierTree {
    std::size_t root = 0;
    std::vector<std::size_t> parent;
};

/// The tree of shortest paths round the member that has the others nearest (the fewest hops to the farthest, then the first).
/// `members` are on routers of their own. InputError when one cannot reach the root.
[[nodiscard]] BarrierTree barrier_tree(const Topology& topology, std::span<const EndpointId> members);

struct BarrierWave {
    Time duration{};             ///< from all being done until the last one knows that all are
    std::uint64_t messages = 0;  ///< two for every member but the root
    Counters counters;           ///< what they did in the NoC
    std::uint64_t bit_micrometres = 0;
};

/// Runs one barrier among `members`. Whoever gets a message needs `handling` before it acts on it.
[[nodiscard]] BarrierWave run_barrier(const Options& options, const Topology& topology, std::span<const EndpointId> members,
                                      Time handling);

}  // namespace spikefab::noc
