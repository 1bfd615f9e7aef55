// SPDX-License-Identifier: Apache-2.0
// k-ary n-tree: a fat tree of n levels of equal switches with k ports down and k up (Petrini and Vanneschi, "k-ary n-trees:
// high performance networks for massively parallel architectures", IPPS 1997).
//
// A switch is (level, place), place being a number of n-1 digits to base k. Switch (l, w) and switch (l+1, w') are linked
// when w and w' differ at most in digit l. Ports: at level 0 parents are ports 0 to k-1; above, children are ports 0 to
// k-1 and parents k to 2k-1; the top level has no parents. Port j of either kind leads to the switch whose digit is j.
#include "models/routing/topology_model.hpp"

#include <cmath>

namespace spikefab {
namespace {

struct FatTree {
    static constexpr std::string_view name = "fat_tree";
    static constexpr std::string_view summary = "k-ary n-tree: n levels of switches with k ports down and k ports up";

    struct Params {
        std::uint32_t arity = 4;
        std::uint32_t levels = 2;
        std::uint32_t cores_per_router = 4;
        Faults faults;
        static constexpr auto fields = std::tuple{
            field("arity", &Params::arity, {2, 16}, "k: ports down and ports up of a switch").required(),
            field("levels", &Params::levels, {2, 8}, "n: levels of switches").required(),
            field("cores_per_router", &Params::cores_per_router, {1, 48}, "cores at each switch of level 0; k in the paper"),
            field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        const std::uint32_t arity = params.arity;
        const double width_real = std::pow(arity, params.levels - 1);
        if (width_real * params.levels > 65536.0)
            throw InputError{fmt::format("a {}-ary {}-tree has {} switches; at most 65536 are possible", arity, params.levels,
                                         width_real * params.levels)};
        const auto width = static_cast<std::uint32_t>(width_real);
        TopologyBuilder builder{name};
        builder.tree({.kind = TreeShape::Kind::fat_tree, .arity = std::vector<std::uint32_t>(params.levels - 1, arity)});
        for (std::uint32_t level = 0; level < params.levels; ++level) {
            const bool ends = level == 0 || level + 1 == params.levels;
            for (std::uint32_t place = 0; place < width; ++place)
                builder.add_router(ends ? arity : 2 * arity, level == 0 ? params.cores_per_router : 0,
                                   static_cast<std::int32_t>(place), 0, static_cast<std::int32_t>(level));
        }
        std::uint32_t weight = 1;  // of the digit in which the switches of a link differ
        for (std::uint32_t level = 0; level + 1 < params.levels; ++level, weight *= arity)
            for (std::uint32_t place = 0; place < width; ++place) link_up(builder, arity, width, level, place, weight);
        return finish_with_faults(builder, params.faults);
    }

private:
    static void link_up(TopologyBuilder& builder, std::uint32_t arity, std::uint32_t width, std::uint32_t level,
                        std::uint32_t place, std::uint32_t weight) {
        const std::uint32_t digit = place / weight % arity;
        const std::uint32_t first_up = level == 0 ? 0 : arity;
        for (std::uint32_t up = 0; up < arity; ++up) {
            const std::uint32_t above = place + (up - digit) * weight;  // wraps below zero and back
            builder.link(RouterId{level * width + place}, static_cast<PortIndex>(first_up + up),
                         RouterId{(level + 1) * width + above}, static_cast<PortIndex>(digit), Direction::other,
                         Direction::other);
        }
    }
};

[[maybe_unused]] const bool registered = register_topology<FatTree>();

}  // namespace
}  // namespace spikefab
