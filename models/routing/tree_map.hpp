// SPDX-License-Identifier: Apache-2.0
// Where a router stands in a tree: level, place within the level, parent and children by arithmetic.
#pragma once

#include "models/routing/topology.hpp"

#include <vector>

namespace spikefab {

/// Routers are numbered level by level from the leaves; `place` counts within a level.
class TreeMap final {
public:
    struct Place {
        std::uint32_t level = 0;
        std::uint32_t place = 0;
        bool operator==(const Place&) const = default;
    };
    struct Roots {
        std::uint32_t columns = 1;
        std::uint32_t rows = 1;
    };

    explicit TreeMap(const TreeShape& shape);

    [[nodiscard]] std::uint32_t top() const { return static_cast<std::uint32_t>(width_.size()) - 1; }
    [[nodiscard]] std::uint64_t routers() const { return first_.back(); }
    [[nodiscard]] Roots roots() const { return roots_; }
    /// Routers of `level`.
    [[nodiscard]] std::uint32_t width(std::uint32_t level) const { return width_[level]; }
    /// Children of a router of `level`; 0 at level 0.
    [[nodiscard]] std::uint32_t children(std::uint32_t level) const { return children_[level]; }
    /// The port to the parent; for roots, the first of the four ports of their mesh.
    [[nodiscard]] PortIndex parent_port(std::uint32_t level) const { return static_cast<PortIndex>(children_[level]); }

    [[nodiscard]] RouterId id(std::uint32_t level, std::uint32_t place) const {
        return RouterId{static_cast<std::uint32_t>(first_[level]) + place};
    }
    [[nodiscard]] Place place_of(RouterId router) const { return places_[router.value()]; }
    /// The place at `level` or above of the router that has `leaf` (a place at `below`) beneath it.
    [[nodiscard]] std::uint32_t ancestor(std::uint32_t place, std::uint32_t below, std::uint32_t level) const {
        return place / (span_[level] / span_[below]);
    }

private:
    Roots roots_;
    std::vector<std::uint32_t> children_;  ///< [level]
    std::vector<std::uint32_t> width_;     ///< [level]
    std::vector<std::uint32_t> span_;      ///< [level] leaves under a router
    std::vector<std::uint64_t> first_;     ///< [level] id of its first router; one past the last level: how many there are
    std::vector<Place> places_;            ///< [router]
};

}  // namespace spikefab
