// SPDX-License-Identifier: Apache-2.0
// Hierarchical multicast by tag: a packet names a router of the tree and a set of its children; it climbs to that router, is
// copied to the children in the set, and below them to everything. With level 1 = a chip of four cores it is DYNAP-SE's
// scheme, where an event carries a chip and a mask of its cores, and the tag is broadcast in each of them (Moradi, Qiao,
// Stefanini, Indiveri, "A scalable multicore architecture with heterogeneous memory structures for dynamic neuromorphic
// asynchronous processors (DYNAPs)", IEEE Trans. Biomed. Circuits Syst. 12(1), 2018).
//
// A packet climbs (and crosses the mesh of roots) before it descends, so no cycle closes.
#include "models/routing/routing.hpp"
#include "models/routing/tree_path.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace spikefab {
namespace {

class TreeTag final {
public:
    static constexpr std::string_view name = "tree_tag";
    static constexpr std::string_view summary =
        "hierarchical multicast: a router of the tree and a mask of its children (DYNAP-SE)";
    static constexpr std::array<std::string_view, 1> families{"tree"};
    static constexpr RoutingClaims claims{.uses_input = true, .multicast = true, .families = families};
    using Params = NoParams;

    TreeTag(const RoutingSite& site, const Params&)
        : topology_{site.topology}, path_{site.topology, name}, vcs_{all_vcs(site.vcs)} {
        for (const MulticastGroup& group : site.groups) groups_.push_back(address(group));
        std::ranges::sort(groups_, {}, &Address::tag);
        if (const auto twice = std::ranges::adjacent_find(groups_, {}, &Address::tag); twice != groups_.end())
            throw InputError{fmt::format("two multicast groups have tag {}: give each its own", twice->tag)};
    }

    /// One address for the whole leaves below each router of level 1, one for each leaf of which only some cores are meant.
    [[nodiscard]] static std::vector<std::vector<EndpointId>> addressable(const Topology& topology,
                                                                          std::span<const EndpointId> destinations) {
        const TreePath path{topology, name};
        const TreeMap& map = path.map();
        std::map<std::uint32_t, std::vector<EndpointId>> leaves;  // cores meant, by leaf
        for (const EndpointId destination : destinations)
            leaves[topology.endpoint(destination).router.value()].push_back(destination);
        std::map<std::uint32_t, std::vector<EndpointId>> whole;  // by place of the router above
        std::vector<std::vector<EndpointId>> sets;
        for (const auto& [leaf, cores] : leaves) {
            const TreeMap::Place place = map.place_of(RouterId{leaf});
            if (place.level != 0 || cores.size() != topology.router(RouterId{leaf}).local_ports || map.top() == 0) {
                sets.push_back(cores);
                continue;
            }
            auto& set = whole[map.ancestor(place.place, 0, 1)];
            set.insert(set.end(), cores.begin(), cores.end());
        }
        for (const auto& [above, cores] : whole) sets.push_back(cores);
        return sets;
    }

    void route(const Position& at, const Header& header, Route& route) const {
        if (!header.destination.valid()) return multicast(at, header.tag, route);
        const Endpoint& target = topology_.endpoint(header.destination);
        route.add(at.router == target.router ? target.port : path_.next_port(at.router, target.router), vcs_);
    }

private:
    struct Address {
        std::uint32_t tag = 0;
        RouterId top{};          ///< the router that spreads the packet
        std::uint64_t mask = 0;  ///< its ports that get a copy: children, or cores where it is a leaf
    };

    void multicast(const Position& at, std::uint32_t tag, Route& route) const {
        const auto found = std::ranges::lower_bound(groups_, tag, {}, &Address::tag);
        if (found == groups_.end() || found->tag != tag) return;
        route.copy_vcs = vcs_;
        if (at.router == found->top)
            route.copies = found->mask;
        else if (descends(at, *found))
            route.copies = downward(at.router);
        else
            route.copies = std::uint64_t{1} << path_.next_port(at.router, found->top);
    }

    /// True when the packet has come from the router that spreads it, down to `at`.
    [[nodiscard]] bool descends(const Position& at, const Address& address) const {
        const TreeMap& map = path_.map();
        const TreeMap::Place here = map.place_of(at.router);
        const TreeMap::Place top = map.place_of(address.top);
        return here.level < top.level && at.in_port == map.parent_port(here.level) &&
               map.ancestor(here.place, here.level, top.level) == top.place;
    }

    /// All children of a router, or all cores of a leaf.
    [[nodiscard]] std::uint64_t downward(RouterId router) const {
        const TreeMap& map = path_.map();
        const TreeMap::Place here = map.place_of(router);
        if (here.level > 0) return (std::uint64_t{1} << map.children(here.level)) - 1;
        const Router& leaf = topology_.router(router);
        return ((std::uint64_t{1} << leaf.local_ports) - 1) << leaf.network_ports;
    }

    /// The lowest router whose subtree holds all destinations of `group`, and the children that hold some. InputError when
    /// a child holds some but not all of its cores: one address cannot say that.
    [[nodiscard]] Address address(const MulticastGroup& group) const {
        if (group.destinations.empty())
            throw InputError{fmt::format("multicast tag {} has no destination: give it at least one core", group.tag)};
        const TreeMap& map = path_.map();
        const RouterId first = topology_.endpoint(group.destinations.front()).router;
        Address result{.tag = group.tag, .top = first};
        for (std::uint32_t level = 0; level <= map.top(); ++level) {
            result.top = map.id(level, map.ancestor(map.place_of(first).place, 0, level));
            if (std::ranges::all_of(group.destinations, [&](EndpointId end) { return holds(result.top, end); })) break;
        }
        for (const EndpointId destination : group.destinations) result.mask |= branch(group, result.top, destination);
        if (spread(result.top, result.mask) != group.destinations.size())
            throw InputError{
                fmt::format("multicast tag {} cannot be written as one address: below {} it reaches {} cores, but "
                            "names {}; make it whole subtrees, or split it into several tags",
                            group.tag, topology_.name(result.top), spread(result.top, result.mask), group.destinations.size())};
        return result;
    }

    [[nodiscard]] bool holds(RouterId top, EndpointId destination) const {
        const TreeMap& map = path_.map();
        const TreeMap::Place above = map.place_of(top);
        const TreeMap::Place leaf = map.place_of(topology_.endpoint(destination).router);
        return leaf.level == 0 && map.ancestor(leaf.place, 0, above.level) == above.place;
    }

    [[nodiscard]] std::uint64_t branch(const MulticastGroup& group, RouterId top, EndpointId destination) const {
        if (!holds(top, destination))
            throw InputError{
                fmt::format("multicast tag {} reaches over several trees or an edge, to {}: split it into one tag per "
                            "tree",
                            group.tag, topology_.name(destination))};
        const Endpoint& end = topology_.endpoint(destination);
        return std::uint64_t{1} << (end.router == top ? end.port : path_.next_port(top, end.router));
    }

    /// Cores that a packet reaches which `top` copies to the ports in `mask`.
    [[nodiscard]] std::size_t spread(RouterId top, std::uint64_t mask) const {
        const TreeMap& map = path_.map();
        const std::uint32_t level = map.place_of(top).level;
        const auto branches = static_cast<std::size_t>(std::popcount(mask));
        if (level == 0) return branches;
        const std::size_t leaves = map.width(0) / map.width(level - 1);
        return branches * leaves * topology_.router(map.id(0, 0)).local_ports;
    }

    const Topology& topology_;
    TreePath path_;
    VcMask vcs_;
    std::vector<Address> groups_;  ///< sorted by tag
};

[[maybe_unused]] const bool registered = register_routing<TreeTag>();

}  // namespace
}  // namespace spikefab
