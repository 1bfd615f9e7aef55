// SPDX-License-Identifier: Apache-2.0
// Who waits for whom, as text: the cycle that a deadlock is, and what piles up behind it.
#pragma once

#include "models/routing/topology.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spikefab::noc {

/// One channel of the buffer at an input of a router.
struct BufferRef {
    std::uint32_t router = 0;
    std::uint32_t port = 0;
    std::uint32_t vc = 0;
    auto operator<=>(const BufferRef&) const = default;
};

/// The first flit of `from` cannot move until `to` has room or is given free.
struct Wait {
    BufferRef from;
    BufferRef to;
};

/// A cycle of waits, in order; empty when there is none.
[[nodiscard]] std::vector<BufferRef> find_cycle(std::span<const Wait> waits);

/// "router (3,2) east": the router and the side from which its buffer is filled; the channel too where there are several.
[[nodiscard]] std::string name_of(const BufferRef& buffer, const Topology& topology, std::uint32_t vcs);

/// One line per wait of the cycle, "router (3,2) east waits for router (4,2) north", then how many others are held up.
[[nodiscard]] std::string explain_waits(std::span<const Wait> waits, const Topology& topology, std::uint32_t vcs);

}  // namespace spikefab::noc
