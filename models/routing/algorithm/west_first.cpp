// SPDX-License-Identifier: Apache-2.0
// West-first: a packet makes all its westward hops first; after that it chooses freely among the productive ways. No turn
// leads to the west, which breaks every cycle (Glass and Ni, "The turn model for adaptive routing", ISCA 1992).
#include "models/routing/turn_model.hpp"

namespace spikefab {
namespace {

struct WestFirst {
    static constexpr std::string_view name = "west_first";
    static constexpr std::string_view summary = "turn model: westward hops first, then adaptive; minimal, one virtual channel";

    static void route(const Productive& to_go, Route& route, VcMask vcs) {
        if (to_go.dx < 0) return route.add(grid_port::west, vcs);
        add_productive(to_go, route, vcs);
    }
};

[[maybe_unused]] const bool registered = register_routing<TurnModel<WestFirst>>();

}  // namespace
}  // namespace spikefab
