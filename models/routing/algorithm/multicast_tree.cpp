// SPDX-License-Identifier: Apache-2.0
// Multicast along a tree that the source lays down: the packet carries the tree, and every router copies it to the outputs
// that its part of the tree names (source-routed tree-based multicast: McKinley, Tsai, Robinson, "Collective communication
// in wormhole-routed massively parallel computers", IEEE Computer 28(12), 1995). The trees are shortest-path trees, xy on a
// mesh; packets with a single destination take shortest paths.
//
// A copy waits for its own output only and the packet leaves its buffer when all copies are made, so the channels it
// waits for are those of unicast packets on the same paths; that holds for packets that fit into a buffer.
#include "models/routing/multicast_forest.hpp"
#include "models/routing/next_hop_table.hpp"

namespace spikefab {
namespace {

class MulticastTree final {
public:
    static constexpr std::string_view name = "multicast_tree";
    static constexpr std::string_view summary =
        "source-routed multicast: copies along a shortest-path tree that the packet carries";
    static constexpr std::array<std::string_view, 3> families{"mesh", "tree", "fat_tree"};
    static constexpr RoutingClaims claims{.multicast = true, .families = families};
    using Params = NoParams;

    MulticastTree(const RoutingSite& site, const Params&)
        : topology_{site.topology},
          branches_{site.topology, MulticastForest{site.topology, site.groups}},
          next_{(require_table_fits(site.topology, name), shortest_paths(site.topology))},
          vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        if (!header.destination.valid()) {
            route.copies = branches_.ports(at.router, header.tag);
            route.copy_vcs = vcs_;
            return;
        }
        const Endpoint& target = topology_.endpoint(header.destination);
        if (at.router == target.router) return route.add(target.port, vcs_);
        if (const PortIndex port = next_(at.router.value(), target.router); port != NextHopTable::no_way) route.add(port, vcs_);
    }

private:
    const Topology& topology_;
    BranchTable branches_;
    NextHopTable next_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<MulticastTree>();

}  // namespace
}  // namespace spikefab
