// SPDX-License-Identifier: Apache-2.0
// Placements number the cores of a chip as if all worked; on a chip with faults they move to those that do.
#pragma once

#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

namespace spikefab {

/// Moves core n of `placement` to the n-th usable core of `chip`, which must have as many.
void avoid_dead_cores(Placement& placement, const ChipPlan& chip);

}  // namespace spikefab
