// SPDX-License-Identifier: Apache-2.0
// Negative-first: first all hops to the west and south, in any order, then those to the east and north, in any order. No
// turn leads from a positive into a negative direction (Glass and Ni, "The turn model for adaptive routing", ISCA 1992).
#include "models/routing/turn_model.hpp"

namespace spikefab {
namespace {

struct NegativeFirst {
    static constexpr std::string_view name = "negative_first";
    static constexpr std::string_view summary = "turn model: west and south first, then east and north; minimal, adaptive";

    static void route(const Productive& to_go, Route& route, VcMask vcs) {
        if (to_go.dx < 0 && to_go.dy > 0) return route.add(grid_port::west, vcs);
        if (to_go.dy < 0 && to_go.dx > 0) return route.add(grid_port::south, vcs);
        add_productive(to_go, route, vcs);
    }
};

[[maybe_unused]] const bool registered = register_routing<TurnModel<NegativeFirst>>();

}  // namespace
}  // namespace spikefab
