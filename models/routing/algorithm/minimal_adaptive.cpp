// SPDX-License-Identifier: Apache-2.0
// Fully adaptive minimal routing with an escape channel: any productive way on channels 1 and up; where those are full,
// xy on channel 0, which a packet may leave again (Duato, "A new theory of deadlock-free adaptive routing in wormhole
// networks", IEEE Trans. Parallel Distrib. Syst. 4(12), 1993).
#include "models/routing/routing.hpp"
#include "models/routing/turn_model.hpp"

namespace spikefab {
namespace {

class MinimalAdaptive final {
public:
    static constexpr std::string_view name = "minimal_adaptive";
    static constexpr std::string_view summary = "any shortest path on channels 1 and up, escape by xy on channel 0 (Duato)";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.deterministic = false, .least_vcs = 2, .escape = true, .families = families};
    using Params = NoParams;

    MinimalAdaptive(const RoutingSite& site, const Params&)
        : map_{mesh_map(site.topology, name)}, adaptive_{static_cast<VcMask>(all_vcs(site.vcs) & ~escape)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        if (here == there) return route.add(map_.exit_port(header.destination), adaptive_ | escape);
        const Productive to_go = productive(here, there);
        add_productive(to_go, route, adaptive_);
        route.add(to_go.dx != 0 ? to_go.x_port() : to_go.y_port(), escape);
    }

private:
    static constexpr VcMask escape = 1;

    GridMap map_;
    VcMask adaptive_;
};

[[maybe_unused]] const bool registered = register_routing<MinimalAdaptive>();

}  // namespace
}  // namespace spikefab
