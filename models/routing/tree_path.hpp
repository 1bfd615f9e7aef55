// SPDX-License-Identifier: Apache-2.0
// The only path between two routers of a tree, or of trees whose roots form a mesh.
#pragma once

#include "models/routing/tree_map.hpp"

#include <string_view>

namespace spikefab {

class TreePath final {
public:
    /// InputError naming `algorithm` when `topology` is no tree.
    TreePath(const Topology& topology, std::string_view algorithm);

    [[nodiscard]] const TreeMap& map() const { return map_; }
    /// The port of `here` that leads to `there`, another router.
    [[nodiscard]] PortIndex next_port(RouterId here, RouterId there) const;

private:
    [[nodiscard]] PortIndex between_roots(std::uint32_t here, std::uint32_t there) const;

    TreeMap map_;
};

}  // namespace spikefab
