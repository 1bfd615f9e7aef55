// SPDX-License-Identifier: Apache-2.0
// O1TURN: half of the packets go x before y, half y before x, each half on virtual channels of its own, which gives
// near-optimal worst-case throughput (Seo, Ali, Lim, Rafique, Thottethodi, "Near-optimal worst-case throughput routing
// for two-dimensional mesh networks", ISCA 2005). Which half a packet belongs to is drawn at its source.
#include "models/routing/routing.hpp"
#include "models/routing/xy.hpp"

namespace spikefab {
namespace {

class O1Turn final {
public:
    static constexpr std::string_view name = "o1turn";
    static constexpr std::string_view summary = "each packet draws xy or yx, on separate virtual channels: oblivious, minimal";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.least_vcs = 2, .choices = 2, .families = families};
    using Params = NoParams;

    O1Turn(const RoutingSite& site, const Params&)
        : map_{mesh_map(site.topology, name)},
          xy_vcs_{all_vcs(site.vcs / 2)},
          yx_vcs_{static_cast<VcMask>(all_vcs(site.vcs) & ~all_vcs(site.vcs / 2))} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        const bool x_first = header.choice % 2 == 0;
        const VcMask vcs = x_first ? xy_vcs_ : yx_vcs_;
        if (here == there) return route.add(map_.exit_port(header.destination), vcs);
        route.add(x_first ? xy_port(here, there) : yx_port(here, there), vcs);
    }

private:
    GridMap map_;
    VcMask xy_vcs_;
    VcMask yx_vcs_;
};

[[maybe_unused]] const bool registered = register_routing<O1Turn>();

}  // namespace
}  // namespace spikefab
