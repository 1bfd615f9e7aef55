// SPDX-License-Identifier: Apache-2.0
// What GPUs would spend on one forward pass of the dense network with the same layers.
#pragma once

#include "models/gpu/gpu.hpp"
#include "network/network.hpp"
#include "run/experiment.hpp"

#include <vector>

namespace spikefab {

/// The layers of `network` as a GPU runs them, for one inference.
[[nodiscard]] std::vector<DenseLayer> dense_layers(const Network& network);

/// Every GPU at every batch asked for and at its best batch; nothing when there are no layers.
[[nodiscard]] std::vector<GpuEstimate> compare_gpus(const GpuComparison& comparison, const std::vector<DenseLayer>& layers);

}  // namespace spikefab
