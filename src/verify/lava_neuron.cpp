// SPDX-License-Identifier: Apache-2.0
// lava's fixed-point LIF, LIFReset and TernaryLIF: u, v and s of every neuron at every step, from the synaptic sums.
#include "verify/kinds.hpp"
#include "verify/loihi_parameters.hpp"
#include "verify/neuron_population.hpp"

#include <nlohmann/json.hpp>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("a_in") && vector.contains("params") && vector.at("params").contains("du");
}

void compare_step(Comparison& comparison, const Json& vector, std::size_t row, NeuronPopulation& neurons,
                  std::span<const std::int32_t> payloads) {
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
        const auto expect = [&](const char* key, std::int64_t actual) {
            comparison.check(key, "step", row, "neuron", neuron, vector.at(key).at(row).at(neuron).get<std::int64_t>(), actual);
        };
        expect("u", neurons.state(neuron, row + 1, "current"));
        expect("v", neurons.state(neuron, row + 1, "potential"));
        expect("s", payloads[neuron]);
    }
}

[[nodiscard]] Verdict check(const Json& vector) {
    NeuronPopulation neurons{lava_neurons(vector)};
    Comparison comparison;
    for (std::size_t row = 0; row < vector.at("a_in").size(); ++row) {
        const auto sums = vector.at("a_in").at(row).get<std::vector<std::int32_t>>();
        const auto payloads = neurons.step(row + 1, sums);
        compare_step(comparison, vector, row, neurons, payloads);
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind lava_neuron{"lava neuron", "u, v, s of every neuron at every step", recognises, check};

}  // namespace spikefab::verify
