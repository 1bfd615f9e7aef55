// SPDX-License-Identifier: Apache-2.0
// Any registered neuron model as the law tests see it: its fields with their bounds, random parameters, arrays to run.
#pragma once

#include "base/random.hpp"
#include "models/neuron/neuron_model.hpp"

#include <memory>
#include <string>
#include <vector>

namespace spikefab::law {

struct ParameterField {
    std::string key;
    Bounds bounds;
    bool whole = false;  ///< takes whole numbers only
    double value = 0.0;  ///< the default
};

[[nodiscard]] std::vector<ParameterField> parameter_fields(std::string_view model);

/// `rows` random rows in bounds: values near the default, near zero and anywhere, so that most neurons can fire.
[[nodiscard]] NeuronParameters random_parameters(std::string_view model, std::size_t neurons, std::size_t rows, Rng& rng);

/// State of one neuron as numbers.
[[nodiscard]] std::vector<double> state_of(NeuronArray<std::int32_t>& array, std::size_t neuron, std::uint64_t step);
[[nodiscard]] std::vector<double> state_of(NeuronArray<double>& array, std::size_t neuron, std::uint64_t step);

template <class Input>
[[nodiscard]] std::unique_ptr<NeuronArray<Input>> make_array(std::string_view model, const NeuronParameters& table) {
    if constexpr (std::is_same_v<Input, std::int32_t>) {
        return Registry<NeuronModel>::instance().make(model)->make_integer_array(table);
    } else {
        return Registry<NeuronModel>::instance().make(model)->make_real_array(table);
    }
}

/// Calls `body` with an Input of the model's type.
template <class Body>
void with_input_type(std::string_view model, Body body) {
    if (Registry<NeuronModel>::instance().make(model)->integer()) {
        body(std::int32_t{});
    } else {
        body(double{});
    }
}

/// Bits of all neurons, for `due`.
[[nodiscard]] inline std::vector<std::uint64_t> everyone(std::size_t neurons) {
    std::vector<std::uint64_t> due(neurons / 64, ~std::uint64_t{0});
    if (neurons % 64 != 0) due.push_back((std::uint64_t{1} << (neurons % 64)) - 1);
    return due;
}

}  // namespace spikefab::law
