// SPDX-License-Identifier: Apache-2.0
// Routing in a k-ary n-tree: adaptively up, by any parent, to a nearest common ancestor, then down the only way (Petrini
// and Vanneschi, "k-ary n-trees: high performance networks for massively parallel architectures", IPPS 1997). The parent
// preferred is the one whose digit is the destination's, which spreads destinations over the roots evenly.
#include "models/routing/routing.hpp"

#include <algorithm>

namespace spikefab {
namespace {

class FatTreeRouting final {
public:
    static constexpr std::string_view name = "fat_tree";
    static constexpr std::string_view summary = "adaptively up to a nearest common ancestor, then down; for fat trees";
    static constexpr std::array<std::string_view, 1> families{"fat_tree"};
    static constexpr RoutingClaims claims{.deterministic = false, .families = families};
    using Params = NoParams;

    FatTreeRouting(const RoutingSite& site, const Params&) : topology_{site.topology}, vcs_{all_vcs(site.vcs)} {
        const TreeShape& shape = topology_.tree();
        if (!shape.exists() || shape.kind != TreeShape::Kind::fat_tree)
            throw InputError{
                fmt::format("routing 'fat_tree' needs a fat_tree, but the topology is a {}: use up_down", topology_.family())};
        for (const Endpoint& endpoint : topology_.endpoints())
            if (topology_.router(endpoint.router).level != 0)
                throw InputError{
                    fmt::format("routing 'fat_tree' reaches leaves only, but something sits at {}: put it at a leaf, "
                                "or use up_down",
                                topology_.name(endpoint.router))};
        arity_ = shape.arity.front();
        weight_.push_back(1);
        for (std::size_t level = 0; level < shape.arity.size(); ++level) weight_.push_back(weight_.back() * arity_);
    }

    void route(const Position& at, const Header& header, Route& route) const {
        const Endpoint& target = topology_.endpoint(header.destination);
        if (at.router == target.router) return route.add(target.port, vcs_);
        const Router& here = topology_.router(at.router);
        const auto level = static_cast<std::size_t>(here.level);
        const auto place = static_cast<std::uint32_t>(here.x);
        const auto leaf = static_cast<std::uint32_t>(topology_.router(target.router).x);
        if (place / weight_[level] == leaf / weight_[level])
            return route.add(static_cast<PortIndex>(leaf / weight_[level - 1] % arity_), vcs_);
        const std::uint32_t first_up = level == 0 ? 0 : arity_;
        const std::uint32_t preferred = leaf / weight_[level] % arity_;
        for (std::uint32_t turn = 0; turn < std::min<std::uint32_t>(arity_, Route::capacity); ++turn)
            route.add(static_cast<PortIndex>(first_up + (preferred + turn) % arity_), vcs_);
    }

private:
    const Topology& topology_;
    VcMask vcs_;
    std::uint32_t arity_ = 0;
    std::vector<std::uint32_t> weight_;  ///< [level] of the digit in which a switch differs from its parents
};

[[maybe_unused]] const bool registered = register_routing<FatTreeRouting>();

}  // namespace
}  // namespace spikefab
