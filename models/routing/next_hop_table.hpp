// SPDX-License-Identifier: Apache-2.0
// The table behind table routing: for every router and every router to go to, the port to take.
#pragma once

#include "models/routing/topology.hpp"

#include <vector>

namespace spikefab {

class NextHopTable final {
public:
    static constexpr PortIndex no_way = 0xff;

    explicit NextHopTable(std::size_t rows, std::size_t routers) : routers_{routers}, ports_(rows * routers, no_way) {}

    [[nodiscard]] PortIndex operator()(std::size_t row, RouterId target) const {
        return ports_[row * routers_ + target.value()];
    }
    void set(std::size_t row, RouterId target, PortIndex port) { ports_[row * routers_ + target.value()] = port; }

private:
    std::size_t routers_;
    std::vector<PortIndex> ports_;
};

/// Hops from every router to `target` over living channels; `unreachable_hops` where there is no way.
inline constexpr std::uint32_t unreachable_hops = 0xffffffffU;
[[nodiscard]] std::vector<std::uint32_t> hops_to(const Topology& topology, RouterId target);

/// The living port of every router that leads to `target` on a shortest path, the lowest-numbered of several, which on a
/// grid makes it xy. Row = router.
[[nodiscard]] NextHopTable shortest_paths(const Topology& topology);

/// InputError when a table over all pairs of routers would not fit into memory (more than 16384 routers).
void require_table_fits(const Topology& topology, std::string_view algorithm);

}  // namespace spikefab
