// SPDX-License-Identifier: Apache-2.0
// Odd-even turn model: in even columns nobody turns from east to north or south, in odd columns nobody turns from north or
// south to west; adaptive more evenly than the turn models of Glass and Ni (Chiu, "The odd-even turn model for adaptive
// routing", IEEE Trans. Parallel Distrib. Syst. 11(7), 2000; this is its minimal routing function ROUTE).
//
// ROUTE lets a packet turn in an even column when it is still in its source column. A minimal packet is there exactly
// when it has not come from the west in an even column, so the input port says it and the source need not be known.
#include "models/routing/grid_map.hpp"
#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

class OddEven final {
public:
    static constexpr std::string_view name = "odd_even";
    static constexpr std::string_view summary = "odd-even turn model: evenly adaptive; minimal, one virtual channel";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.deterministic = false, .uses_input = true, .families = families};
    using Params = NoParams;

    OddEven(const RoutingSite& site, const Params&) : map_{mesh_map(site.topology, name)}, vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridPoint here = map_.of(at.router);
        const Productive to_go = productive(here, map_.of(header.destination));
        if (to_go.dx == 0 && to_go.dy == 0) return route.add(map_.exit_port(header.destination), vcs_);
        if (to_go.dx < 0)
            westward(here, to_go, route);
        else if (to_go.dx > 0)
            eastward(at, here, to_go, route);
        else
            route.add(to_go.y_port(), vcs_);
    }

private:
    static bool odd(int column) { return column % 2 != 0; }

    void westward(GridPoint here, const Productive& to_go, Route& route) const {
        route.add(grid_port::west, vcs_);
        if (to_go.dy != 0 && !odd(here.x)) route.add(to_go.y_port(), vcs_);
    }
    void eastward(const Position& at, GridPoint here, const Productive& to_go, Route& route) const {
        const bool came_east = at.in_port == grid_port::west && here.x > 0;  // at x = 0 that port is the chip's edge
        if (to_go.dy == 0) return route.add(grid_port::east, vcs_);
        if (odd(here.x + to_go.dx) || to_go.dx != 1) route.add(grid_port::east, vcs_);
        if (odd(here.x) || !came_east) route.add(to_go.y_port(), vcs_);
    }

    GridMap map_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<OddEven>();

}  // namespace
}  // namespace spikefab
