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

// Analog blocks.
extern const VectorKind analog_crossbar;
extern const VectorKind analog_crosssim;
extern const VectorKind analog_memristor;
extern const VectorKind analog_pulses;
extern const VectorKind analog_moments;
extern const VectorKind analog_rc;
extern const VectorKind analog_dpi;
extern const VectorKind analog_core;
extern const VectorKind analog_spin;
extern const VectorKind analog_heat;
extern const VectorKind analog_switching;
extern const VectorKind analog_wall;
extern const VectorKind analog_oscillator;

}  // namespace spikefab::verify
