// SPDX-License-Identifier: Apache-2.0
// Dimension order on rings and tori, the shorter way round, with a dateline: a packet that still has to cross the closing
// link of a ring uses the lower half of the virtual channels, any other the upper half, so that the circle of channels
// becomes a spiral (Dally and Seitz, "Deadlock-free message routing in multiprocessor interconnection networks", IEEE
// Trans. Computers C-36(5), 1987). On a dimension that does not wrap all channels are used.
#include "models/routing/grid_map.hpp"
#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

class TorusDateline final {
public:
    static constexpr std::string_view name = "torus_dateline";
    static constexpr std::string_view summary =
        "dimension order on rings and tori, with datelines; minimal, two virtual channels";
    static constexpr std::array<std::string_view, 3> families{"torus", "ring", "mesh"};
    static constexpr RoutingClaims claims{.least_vcs = 2, .families = families};
    using Params = NoParams;

    TorusDateline(const RoutingSite& site, const Params&)
        : map_{grid_map(site.topology, name)},
          all_{all_vcs(site.vcs)},
          before_{all_vcs(site.vcs / 2)},
          after_{static_cast<VcMask>(all_ & ~before_)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridShape& shape = map_.shape();
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        if (here == there) return route.add(map_.exit_port(header.destination), all_);
        if (here.x != there.x) {
            const int hops = signed_hops(here.x, there.x, static_cast<int>(shape.width), shape.wrap_x);
            return route.add(hops > 0 ? grid_port::east : grid_port::west, channels(shape.wrap_x, hops, there.x - here.x));
        }
        const int hops = signed_hops(here.y, there.y, static_cast<int>(shape.height), shape.wrap_y);
        route.add(hops > 0 ? grid_port::north : grid_port::south, channels(shape.wrap_y, hops, there.y - here.y));
    }

private:
    /// A packet has the closing link before it when it walks away from where its destination is on the line.
    [[nodiscard]] VcMask channels(bool wraps, int hops, int direct) const {
        if (!wraps) return all_;
        return (hops > 0) == (direct > 0) ? after_ : before_;
    }

    GridMap map_;
    VcMask all_;
    VcMask before_;
    VcMask after_;
};

[[maybe_unused]] const bool registered = register_routing<TorusDateline>();

}  // namespace
}  // namespace spikefab
