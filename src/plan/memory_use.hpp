// SPDX-License-Identifier: Apache-2.0
// How much synaptic memory a placement takes.
#pragma once

#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

namespace spikefab {

/// Bits over all used cores: lists with their headers in whole words, or the crossbars' bits.
[[nodiscard]] double synaptic_memory_used(const Placement& placement, const ChipPlan& plan);

}  // namespace spikefab
