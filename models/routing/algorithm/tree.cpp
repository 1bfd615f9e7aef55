// SPDX-License-Identifier: Apache-2.0
// Routing in a tree: up to the nearest router that has the destination beneath it, then down; between trees, xy over the
// mesh of their roots (the hierarchy R1, R2, R3 of Moradi, Qiao, Stefanini, Indiveri, "A scalable multicore architecture
// with heterogeneous memory structures for dynamic neuromorphic asynchronous processors (DYNAPs)", IEEE Trans. Biomed.
// Circuits Syst. 12(1), 2018). Channels up, then over the mesh by xy, then down follow each other, so no cycle closes.
#include "models/routing/tree_path.hpp"

#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

class TreeRouting final {
public:
    static constexpr std::string_view name = "tree";
    static constexpr std::string_view summary = "up to the nearest common ancestor and down; xy between trees (DYNAP-SE)";
    static constexpr std::array<std::string_view, 1> families{"tree"};
    static constexpr RoutingClaims claims{.families = families};
    using Params = NoParams;

    TreeRouting(const RoutingSite& site, const Params&)
        : topology_{site.topology}, path_{site.topology, name}, vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const Endpoint& target = topology_.endpoint(header.destination);
        route.add(at.router == target.router ? target.port : path_.next_port(at.router, target.router), vcs_);
    }

private:
    const Topology& topology_;
    TreePath path_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<TreeRouting>();

}  // namespace
}  // namespace spikefab
