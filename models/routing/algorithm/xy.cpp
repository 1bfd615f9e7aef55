// SPDX-License-Identifier: Apache-2.0
// Dimension-order routing, x before y. On a mesh no packet turns from y to x, so no cycle of waiting can close
// (Sullivan and Bashkow, "A large scale, homogeneous, fully distributed parallel machine", ISCA 1977; Dally and Seitz,
// "Deadlock-free message routing in multiprocessor interconnection networks", IEEE Trans. Computers C-36(5), 1987).
// Where rows or columns wrap it takes the shorter way round, and can deadlock: see torus_dateline.
#include "models/routing/xy.hpp"

#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

class Xy final {
public:
    static constexpr std::string_view name = "xy";
    static constexpr std::string_view summary = "dimension order, x before y: deterministic, minimal, deadlock-free on a mesh";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.families = families};
    using Params = NoParams;

    Xy(const RoutingSite& site, const Params&) : map_{grid_map(site.topology, name)}, vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        if (here == there) return route.add(map_.exit_port(header.destination), vcs_);
        route.add(wraps() ? shorter_port(here, there) : xy_port(here, there), vcs_);
    }

private:
    [[nodiscard]] bool wraps() const { return map_.shape().wrap_x || map_.shape().wrap_y; }
    [[nodiscard]] PortIndex shorter_port(GridPoint here, GridPoint there) const {
        const GridShape& shape = map_.shape();
        if (const int hops = signed_hops(here.x, there.x, static_cast<int>(shape.width), shape.wrap_x); hops != 0)
            return hops > 0 ? grid_port::east : grid_port::west;
        return signed_hops(here.y, there.y, static_cast<int>(shape.height), shape.wrap_y) > 0 ? grid_port::north
                                                                                              : grid_port::south;
    }

    GridMap map_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<Xy>();

}  // namespace
}  // namespace spikefab
