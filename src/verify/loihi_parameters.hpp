// SPDX-License-Identifier: Apache-2.0
// From the parameter names of lava's and nengo-loihi's vectors to those of the simulator's Loihi neurons.
#pragma once

#include "verify/neuron_population.hpp"

#include <nlohmann/json_fwd.hpp>

namespace spikefab::verify {

/// Neurons of a lava neuron vector: `params` and `extra` with du, dv, vth or vth_lo and vth_hi, bias_mant, bias_exp,
/// reset_interval, reset_offset (numbers or one per neuron), `neurons`, and u0, v0.
[[nodiscard]] NeuronTable lava_neurons(const nlohmann::json& vector);
/// One population of a lava network vector (its `pops`).
[[nodiscard]] NeuronTable lava_network_neurons(const nlohmann::json& population);
/// Neurons of a nengo-loihi vector: `params`, `n` and `noise`.
[[nodiscard]] NeuronTable nengo_neurons(const nlohmann::json& vector);

}  // namespace spikefab::verify
