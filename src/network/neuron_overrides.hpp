// SPDX-License-Identifier: Apache-2.0
// Neuron parameters that a person writes for whole populations, over what a network file and its lowering say.
#pragma once

#include "network/lowered.hpp"

#include <map>
#include <string>

namespace spikefab {

/// By population, then by the model's parameter: a number, true or false, or a name where the parameter is a choice.
using NeuronOverrides = std::map<std::string, std::map<std::string, std::string>>;

/// Writes them into `network`; every parameter of `model`, the chip's neuron model, can be set. InputError for a population or
/// a parameter that does not exist (with the nearest one that does), and for a value that the parameter cannot take.
void override_parameters(LoweredNetwork& network, const NeuronOverrides& overrides, const NeuronModel& model);

/// Sets parameter `key` of all neurons of a table.
void set_parameter(NeuronParameters& table, const std::string& key, double value);

}  // namespace spikefab
