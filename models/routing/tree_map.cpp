// SPDX-License-Identifier: Apache-2.0
// Numbering the routers of a tree.
#include "models/routing/tree_map.hpp"

namespace spikefab {

TreeMap::TreeMap(const TreeShape& shape) : roots_{shape.roots_x, shape.roots_y}, children_{0}, span_{1} {
    for (const std::uint32_t arity : shape.arity) {
        children_.push_back(arity);
        span_.push_back(span_.back() * arity);
    }
    first_.push_back(0);
    for (std::size_t level = 0; level < children_.size(); ++level) {
        width_.push_back(roots_.columns * roots_.rows * (span_.back() / span_[level]));
        first_.push_back(first_.back() + width_.back());
        for (std::uint32_t place = 0; place < width_.back(); ++place)
            places_.push_back({static_cast<std::uint32_t>(level), place});
    }
}

}  // namespace spikefab
