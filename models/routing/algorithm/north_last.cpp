// SPDX-License-Identifier: Apache-2.0
// North-last: a packet turns to the north only when nothing else is left to do, so no turn leads out of the north
// (Glass and Ni, "The turn model for adaptive routing", ISCA 1992).
#include "models/routing/turn_model.hpp"

namespace spikefab {
namespace {

struct NorthLast {
    static constexpr std::string_view name = "north_last";
    static constexpr std::string_view summary = "turn model: adaptive, northward hops last; minimal, one virtual channel";

    static void route(const Productive& to_go, Route& route, VcMask vcs) {
        if (to_go.dy > 0 && to_go.dx != 0) return route.add(to_go.x_port(), vcs);
        add_productive(to_go, route, vcs);
    }
};

[[maybe_unused]] const bool registered = register_routing<TurnModel<NorthLast>>();

}  // namespace
}  // namespace spikefab
