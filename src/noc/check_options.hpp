// SPDX-License-Identifier: Apache-2.0
// Refusing a NoC that cannot work before it runs.
#pragma once

#include "models/routing/topology.hpp"
#include "noc/options.hpp"

#include <span>

namespace spikefab::noc {

/// The topology that the options describe. InputError, beginning with "noc: topology", when its parts contradict each other.
[[nodiscard]] Topology build_topology(const Options& options);

/// InputError, beginning with "noc.key", with every reason when parts of the NoC contradict each other whatever way packets
/// take: packets longer than a buffer where that is not allowed, pipelines and routers that cannot do what is asked of them.
void check_parts(const Options& options, const Topology& topology);

/// `check_parts`, and an InputError, beginning with "noc", with every reason and what would help when the NoC cannot work:
/// cores that cannot reach each other (unless `on_unreachable: drop`), routing that can deadlock on this topology. `groups` are
/// multicast groups beside those of the options. Returns what was looked at and what is dead.
RoutingReport check_options(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups = {});

}  // namespace spikefab::noc
