// SPDX-License-Identifier: Apache-2.0
// All that an engine is made from: resolved, without names or units.
#pragma once

#include "models/routing/routing.hpp"
#include "models/routing/topology.hpp"
#include "noc/timing.hpp"

#include <cstdint>
#include <memory>

namespace spikefab::noc {

/// The stages before a switch grant, in ticks.
struct Stages {
    std::uint32_t routing = 0;  ///< 0: the route was looked up in the router before
    std::uint32_t vc_allocation = 1;
    std::uint32_t switch_allocation = 1;
    bool speculative = true;  ///< a head asks for the switch while it asks for a channel
    bool piggyback = true;    ///< the switch grant brings a free channel along; needs `speculative`
    bool operator==(const Stages&) const = default;
};

/// `topology` must outlive the engine.
struct Plan {
    const Topology* topology = nullptr;
    std::shared_ptr<const RoutingAlgorithm> routing;
    Timing timing{};
    Stages stages{};
    std::uint32_t vcs = 1;
    std::uint32_t buffer_depth = 4;    ///< flits of each channel of each input
    std::uint32_t longest_packet = 1;  ///< flits
    bool round_robin = true;           ///< otherwise the lowest number wins
    bool cut_through = false;          ///< a head moves on only where the whole packet has room
    bool count_links = false;
    std::uint64_t seed = 1;  ///< for the bits that a packet carries for routing algorithms that choose
};

}  // namespace spikefab::noc
