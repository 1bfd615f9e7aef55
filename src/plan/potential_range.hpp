// SPDX-License-Identifier: Apache-2.0
// Neurons whose potential can leave the width that the chip holds it in.
#pragma once

#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <string>

namespace spikefab {

/// One sentence when potentials of crossbar cores can wrap (the neuron model's `potential_bits` with `width: wrap`), empty
/// otherwise. A potential can wrap when its highest value below the threshold and all positive weights, or its lowest value
/// and all negative weights, are together too wide.
[[nodiscard]] std::string potentials_that_wrap(const Placement& placement, const ChipPlan& chip);

}  // namespace spikefab
