// SPDX-License-Identifier: Apache-2.0
// What a chip's cores can hold, for the lowering of networks: delays, and numbers of neurons.
#pragma once

#include "network/lowering.hpp"
#include "plan/chip_description.hpp"

namespace spikefab {

[[nodiscard]] ChipLimits limits_of(const CoreDescription& core);

/// Moves parameters that cores of this kind cannot hold into range and counts them in the report, or refuses them with layer,
/// neuron, value and range. For what comes from elsewhere than the lowering (network.neurons).
void fit_parameters(const CoreDescription& core, OutOfRange policy, LoweredNetwork& network);

}  // namespace spikefab
