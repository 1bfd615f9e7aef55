// SPDX-License-Identifier: Apache-2.0
// The fast engine: one virtual channel, single-flit packets, one route per packet, no stage before the switch grant.
#pragma once

#include "noc/engine.hpp"
#include "noc/plan.hpp"

#include <memory>

namespace spikefab::noc {

/// How the fast engine finds a packet's way.
enum class Ways {
    by_algorithm,  ///< asks the routing algorithm at every router
    x_then_y,      ///< computes the whole way once, at the source; a mesh without faults only
    y_then_x
};

/// True when the fast engine can run `plan`.
[[nodiscard]] bool fits_single_lane(const Plan& plan);

[[nodiscard]] std::unique_ptr<Engine> make_single_lane_engine(const Plan& plan, Ways ways, Sink& sink);

}  // namespace spikefab::noc
