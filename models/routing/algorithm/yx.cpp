// SPDX-License-Identifier: Apache-2.0
// Dimension-order routing, y before x: the mirror image of xy (Dally and Seitz, "Deadlock-free message routing in
// multiprocessor interconnection networks", IEEE Trans. Computers C-36(5), 1987).
#include "models/routing/routing.hpp"
#include "models/routing/xy.hpp"

namespace spikefab {
namespace {

class Yx final {
public:
    static constexpr std::string_view name = "yx";
    static constexpr std::string_view summary = "dimension order, y before x: deterministic, minimal, deadlock-free on a mesh";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.families = families};
    using Params = NoParams;

    Yx(const RoutingSite& site, const Params&) : map_{mesh_map(site.topology, name)}, vcs_{all_vcs(site.vcs)} {}

    void route(const Position& at, const Header& header, Route& route) const {
        const GridPoint here = map_.of(at.router);
        const GridPoint there = map_.of(header.destination);
        route.add(here == there ? map_.exit_port(header.destination) : yx_port(here, there), vcs_);
    }

private:
    GridMap map_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<Yx>();

}  // namespace
}  // namespace spikefab
