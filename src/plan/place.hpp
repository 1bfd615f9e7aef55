// SPDX-License-Identifier: Apache-2.0
// Spreads a lowered network over the cores of a chip, within every limit of the cores.
#pragma once

#include "network/lowered.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

namespace spikefab {

/// The memories of every used core, in the network's order: a core takes neurons until a limit is reached, then the next
/// one begins. InputError says which limit, which layer and core, and by how much, when the network does not fit.
[[nodiscard]] Placement place(const LoweredNetwork& network, const ChipPlan& chip);

/// For cores with a list of synapses per axon.
[[nodiscard]] Placement place_lists(const LoweredNetwork& network, const ChipPlan& chip);

/// For cores with analog crossbar arrays: neurons that share inputs go together, so that arrays are well filled.
[[nodiscard]] Placement place_arrays(const LoweredNetwork& network, const ChipPlan& chip);

/// For cores with a one-bit crossbar and typed axons: neurons that share inputs go together, every input arrives on one
/// axon per type, and sources with more destinations than the chip allows get relay neurons (docs/truenorth-mapping.md).
[[nodiscard]] Placement place_crossbars(const LoweredNetwork& network, const ChipPlan& chip);

}  // namespace spikefab
