// SPDX-License-Identifier: Apache-2.0
// nengo-loihi's emulator: synaptic input, u, v, s and the refractory counter of a recurrent population at every step,
// with the noise that it logged; v and s also on a simulated chip, where there is no noise.
#include "base/error.hpp"
#include "verify/kinds.hpp"
#include "verify/loihi_chip.hpp"
#include "verify/loihi_parameters.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("w_in") && vector.contains("params") && vector.at("params").contains("decay_u");
}

[[nodiscard]] LoihiProjection::Matrix weights(const Json& vector, const char* key) {
    return vector.contains(key) && vector.at(key).is_array() ? vector.at(key).get<LoihiProjection::Matrix>()
                                                             : LoihiProjection::Matrix{};
}

/// Weights are shifted already.
[[nodiscard]] LoihiNetwork network_of(const Json& vector) {
    LoihiNetwork network{.populations = {nengo_neurons(vector)},
                         .inputs = vector.at("inputs").get<std::vector<std::vector<std::size_t>>>(),
                         .input_lines = vector.at("n_inputs").get<std::size_t>()};
    const std::size_t steps = vector.at("steps").get<std::size_t>();
    if (network.inputs.size() < steps)
        throw InputError{fmt::format("inputs: {} rows for {} steps", network.inputs.size(), steps)};
    network.inputs.resize(steps);
    const auto add = [&](std::size_t source, const char* key) {
        auto matrix = weights(vector, key);
        if (!matrix.empty()) network.projections.push_back({.source = source, .weights = std::move(matrix)});
    };
    add(LoihiProjection::from_input, "w_in");
    add(0, "w_rec");
    check_shapes(network);
    return network;
}

void add_weights(std::vector<std::int32_t>& sums, const LoihiProjection::Matrix& matrix, std::size_t source) {
    for (std::size_t neuron = 0; neuron < matrix.size(); ++neuron) sums.at(neuron) += matrix[neuron][source];
}

/// The logged draws in the order in which neurons with noise ask for them.
[[nodiscard]] std::vector<std::int32_t> noise_log(const Json& vector) {
    std::vector<std::int32_t> log;
    if (!vector.contains("random") || !vector.contains("noise") || !vector.at("noise").is_object()) return log;
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
    const LoihiNetwork network = network_of(vector);
    NeuronPopulation neurons{network.populations.front()};
    const std::vector<std::int32_t> log = noise_log(vector);
    if (!log.empty()) neurons.draw_from(DrawSource{std::span{log}});
    const Json& expected = vector.at("expected");
    Comparison comparison;
    std::vector<std::int32_t> sums(neurons.size());
    for (std::size_t row = 0; row < network.inputs.size(); ++row) {
        const auto payloads = neurons.step(row + 1, sums);
        compare_step(comparison, expected, row, neurons, payloads);
        std::fill(sums.begin(), sums.end(), 0);
        for (const LoihiProjection& projection : network.projections) {
            if (projection.source == LoihiProjection::from_input) {
                for (const std::size_t line : network.inputs[row]) add_weights(sums, projection.weights, line);
                continue;
            }
            for (std::size_t source = 0; source < payloads.size(); ++source)
                if (payloads[source] != 0) add_weights(sums, projection.weights, source);
        }
    }
    if (log.empty() && fits_loihi_chip(network)) compare_chip(comparison, expected, 0, run_on_loihi_chip(network));
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind nengo_neuron{
    "nengo-loihi neuron",
    "q0, u, v, s and refractory counter of every neuron at every step; without noise v and s also on a simulated chip",
    recognises, check};

}  // namespace spikefab::verify
