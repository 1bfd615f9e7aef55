// SPDX-License-Identifier: Apache-2.0
// nengo-loihi's emulator: synaptic input, u, v, s and the refractory counter of a recurrent population at every step,
// with the noise that it logged.
#include "verify/kinds.hpp"
#include "verify/loihi_parameters.hpp"

#include <nlohmann/json.hpp>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("w_in") && vector.contains("params") && vector.at("params").contains("decay_u");
}

/// Weights as [destination][source]; empty when the vector has none.
using Weights = std::vector<std::vector<std::int32_t>>;

[[nodiscard]] Weights weights(const Json& vector, const char* key) {
    return vector.contains(key) && vector.at(key).is_array() ? vector.at(key).get<Weights>() : Weights{};
}

void add_weights(std::vector<std::int32_t>& sums, const Weights& matrix, std::size_t source) {
    for (std::size_t neuron = 0; neuron < matrix.size(); ++neuron) sums.at(neuron) += matrix[neuron].at(source);
}

/// The logged draws in the order in which neurons with noise ask for them.
[[nodiscard]] std::vector<std::int32_t> noise_log(const Json& vector) {
    std::vector<std::int32_t> log;
    if (!vector.contains("random") || !vector.contains("noise")) return log;
    const Json& enable = vector.at("noise").at("enable");
    for (const Json& row : vector.at("random"))
        for (std::size_t neuron = 0; neuron < row.size(); ++neuron)
            if ((enable.is_array() ? enable.at(neuron) : enable).get<int>() != 0)
                log.push_back(row[neuron].get<std::int32_t>());
    return log;
}

void compare_step(Comparison& comparison, const Json& expected, std::size_t row, NeuronPopulation& neurons,
                  std::span<const std::int32_t> payloads) {
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
        const auto expect = [&](const char* key, std::int64_t actual) {
            comparison.check(key, "step", row, "neuron", neuron, expected.at(key).at(row).at(neuron).get<std::int64_t>(),
                             actual);
        };
        expect("q0", neurons.state(neuron, row + 1, "input"));
        expect("u", neurons.state(neuron, row + 1, "current"));
        expect("v", neurons.state(neuron, row + 1, "potential"));
        expect("s", payloads[neuron]);
        expect("ref", neurons.state(neuron, row + 1, "refractory"));
    }
}

[[nodiscard]] Verdict check(const Json& vector) {
    NeuronPopulation neurons = nengo_population(vector);
    const Weights from_input = weights(vector, "w_in");
    const Weights recurrent = weights(vector, "w_rec");
    const std::vector<std::int32_t> log = noise_log(vector);
    if (!log.empty()) neurons.draw_from(DrawSource{std::span{log}});
    Comparison comparison;
    std::vector<std::int32_t> sums(neurons.size());
    for (std::size_t row = 0; row < vector.at("steps").get<std::size_t>(); ++row) {
        const auto payloads = neurons.step(row + 1, sums);
        compare_step(comparison, vector.at("expected"), row, neurons, payloads);
        std::fill(sums.begin(), sums.end(), 0);
        for (const Json& source : vector.at("inputs").at(row)) add_weights(sums, from_input, source.get<std::size_t>());
        for (std::size_t source = 0; source < payloads.size(); ++source)
            if (payloads[source] != 0) add_weights(sums, recurrent, source);
    }
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind nengo_neuron{"nengo-loihi neuron",
                                        "q0, u, v, s and refractory counter of every neuron at every step", recognises, check};

}  // namespace spikefab::verify
