// SPDX-License-Identifier: Apache-2.0
// The formats of golden vectors, one file each.
#pragma once

#include "verify/vector_file.hpp"

namespace spikefab::verify {

extern const VectorKind chip_vector;
extern const VectorKind lava_neuron;
extern const VectorKind nengo_neuron;
extern const VectorKind lava_network;
extern const VectorKind lava_learning;
extern const VectorKind ranc;
extern const VectorKind odin;

}  // namespace spikefab::verify
