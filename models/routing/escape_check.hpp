// SPDX-License-Identifier: Apache-2.0
// Duato's condition for adaptive routing with an escape channel.
#pragma once

#include "models/routing/routing.hpp"

#include <span>
#include <string>

namespace spikefab {

/// Empty when channel 0 is a sound escape: from wherever a packet to one of `destinations` may stand it can ask for
/// channel 0 of some output, and no packet that holds a channel 0 can wait, directly or after adaptive hops, in a circle of
/// such channels. Otherwise why not.
[[nodiscard]] std::string check_escape(const Topology& topology, const RoutingAlgorithm& routing,
                                       std::span<const EndpointId> destinations);

}  // namespace spikefab
