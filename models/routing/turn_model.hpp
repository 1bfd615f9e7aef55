// SPDX-License-Identifier: Apache-2.0
// What the three turn models of Glass and Ni share: on a mesh, minimal, partly adaptive, one virtual channel suffices.
#pragma once

#include "models/routing/grid_map.hpp"
#include "models/routing/routing.hpp"

namespace spikefab {

/// Every productive way, the one with more hops to go first: it keeps both open for longest. There is one at least. Nothing
/// is predictable about where packets go, so there is no branch.
inline void add_productive(const Productive& to_go, Route& route, VcMask vcs) {
    const bool x_first = to_go.dx * to_go.dx >= to_go.dy * to_go.dy;
    const PortIndex x = to_go.x_port();
    const PortIndex y = to_go.y_port();
    route.options[route.count] = {x_first ? x : y, vcs};
    route.options[route.count + 1U] = {x_first ? y : x, vcs};  // counted only where both ways are productive
    route.count = static_cast<std::uint8_t>(route.count + 1 + int{to_go.dx != 0 && to_go.dy != 0});
}

/// `Rule::route(to_go, route, vcs)` adds the ways that the model allows from here.
template <class Rule>
class TurnModel final {
public:
    static constexpr std::string_view name = Rule::name;
    static constexpr std::string_view summary = Rule::summary;
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.deterministic = false, .families = families};
    using Params = NoParams;

    TurnModel(const RoutingSite& site, const Params&) : map_{mesh_map(site.topology, name)}, vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const Productive to_go = productive(map_.of(at.router), map_.of(header.destination));
        if (to_go.dx == 0 && to_go.dy == 0) return route.add(map_.exit_port(header.destination), vcs_);
        Rule::route(to_go, route, vcs_);
    }

private:
    GridMap map_;
    VcMask vcs_;
};

}  // namespace spikefab
