// SPDX-License-Identifier: Apache-2.0
// Follows the copies of a multicast packet from its source: who gets one, and which channels wait for which.
#pragma once

#include "models/routing/destination_walk.hpp"

namespace spikefab {

/// Adds to `findings` when a destination of `group` gets no copy or several, when somebody else gets one, when copies
/// run in a circle; adds what waits for what to `dependencies`.
void walk_multicast(const Topology& topology, const RoutingAlgorithm& routing, const MulticastGroup& group, unsigned vcs,
                    ChannelDependencies& dependencies, WalkFindings& findings);

}  // namespace spikefab
