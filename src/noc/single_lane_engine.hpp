// SPDX-License-Identifier: Apache-2.0
// The fast engine: one virtual channel, single-flit packets, one route per packet, no stage before the switch grant.
#pragma once

#include "noc/engine.hpp"
#include "noc/plan.hpp"
#include "noc/way.hpp"

#include <memory>

namespace spikefab::noc {

/// True when the fast engine can run `plan`.
[[nodiscard]] bool fits_single_lane(const Plan& plan);

[[nodiscard]] std::unique_ptr<Engine> make_single_lane_engine(const Plan& plan, Ways ways, Sink& sink);

}  // namespace spikefab::noc
