// SPDX-License-Identifier: Apache-2.0
// From a NoC's description to an engine that runs it.
#pragma once

#include "base/quantity.hpp"
#include "models/routing/topology.hpp"
#include "noc/engine.hpp"
#include "noc/options.hpp"
#include "noc/plan.hpp"
#include "noc/way.hpp"

#include <memory>
#include <span>

namespace spikefab::noc {

/// The length of one engine tick: a clock cycle, or the resolution of asynchronous times. InputError when the options do
/// not say which.
[[nodiscard]] Time tick_duration(const Options& options);

/// Times in ticks. InputError when a time is shorter than a tick.
[[nodiscard]] Timing timing_of(const Options& options);

/// Names and units resolved. `topology` must outlive the plan and every engine made from it. `groups` are multicast groups
/// beside those of the options. InputError when the routing algorithm cannot be built for this topology.
[[nodiscard]] Plan plan_of(const Options& options, const Topology& topology, std::span<const MulticastGroup> groups = {});

/// Whether the way of a packet can be computed at its source.
[[nodiscard]] Ways ways_of(const Options& options, const Topology& topology);

/// One plane of the NoC. InputError when no engine can run these options.
[[nodiscard]] std::unique_ptr<Engine> make_engine(const Options& options, const Topology& topology, Sink& sink,
                                                  std::span<const MulticastGroup> groups = {});

}  // namespace spikefab::noc
