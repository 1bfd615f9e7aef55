// SPDX-License-Identifier: Apache-2.0
// Finding the next hop in a tree by arithmetic.
#include "models/routing/tree_path.hpp"

#include "base/error.hpp"
#include "models/routing/xy.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

const TreeShape& require_tree(const Topology& topology, std::string_view algorithm) {
    if (topology.tree().exists() && topology.tree().kind == TreeShape::Kind::tree) return topology.tree();
    throw InputError{fmt::format("routing '{}' needs a tree, but the topology is a {}: use up_down{}", algorithm,
                                 topology.family(), topology.tree().exists() ? " or fat_tree" : "")};
}

}  // namespace

TreePath::TreePath(const Topology& topology, std::string_view algorithm) : map_{require_tree(topology, algorithm)} {}

PortIndex TreePath::next_port(RouterId here, RouterId there) const {
    const TreeMap::Place from = map_.place_of(here);
    const TreeMap::Place to = map_.place_of(there);
    if (to.level < from.level && map_.ancestor(to.place, to.level, from.level) == from.place)
        return static_cast<PortIndex>(map_.ancestor(to.place, to.level, from.level - 1) % map_.children(from.level));
    if (from.level < map_.top()) return map_.parent_port(from.level);
    return between_roots(from.place, map_.ancestor(to.place, to.level, map_.top()));
}

PortIndex TreePath::between_roots(std::uint32_t here, std::uint32_t there) const {
    const auto point = [columns = map_.roots().columns](std::uint32_t root) {
        return GridPoint{static_cast<std::int16_t>(root % columns), static_cast<std::int16_t>(root / columns)};
    };
    return static_cast<PortIndex>(map_.parent_port(map_.top()) + xy_port(point(here), point(there)));
}

}  // namespace spikefab
