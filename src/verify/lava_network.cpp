// SPDX-License-Identifier: Apache-2.0
// lava networks (LIF populations, Dense and DelayDense projections) in the plain function of the models: u, v, s of every
// neuron at every step. No chip, no NoC: this tells a wrong formula from a wrong machine.
#include "base/error.hpp"
#include "models/synapse/loihi_weights.hpp"
#include "verify/kinds.hpp"
#include "verify/loihi_parameters.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;
using Matrix = std::vector<std::vector<std::int32_t>>;
using Sources = std::vector<std::size_t>;

constexpr std::int32_t longest_delay = 4095;  // far beyond the 62 steps of Loihi
constexpr std::int64_t from_inputs = -1;      ///< `src` of a projection that the vector's input spikes feed

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("pops") && vector.contains("conns");
}

/// One projection: spikes in, sums per target neuron out, after its delays and with its exponent.
class Projection final {
public:
    explicit Projection(const Json& description)
        : source{description.at("src").get<std::int64_t>()},
          target{description.at("dst").get<std::size_t>()},
          format_{.sign = static_cast<SignMode>(description.at("sign").get<int>() - 1),
                  .bits = description.at("bits").get<std::uint32_t>(),
                  .exponent = description.at("exp").get<std::int32_t>()},
          weights_{description.at("w").get<Matrix>()} {
        if (description.contains("delays") && description.at("delays").is_array())
            delays_ = description.at("delays").get<Matrix>();
        std::int32_t longest = 0;
        for (const auto& row : delays_)
            for (const std::int32_t delay : row) {
                if (delay < 0 || delay > longest_delay)
                    throw InputError{fmt::format("a delay of {} steps is outside 0 to {}", delay, longest_delay)};
                longest = std::max(longest, delay);
            }
        pending_.assign(static_cast<std::size_t>(longest) + 1, std::vector<std::int64_t>(weights_.size(), 0));
        for (auto& row : weights_)
            for (std::int32_t& weight : row) weight = stored_weight(weight, format_);
    }

    void receive(const Sources& spiking) {
        for (const std::size_t neuron : spiking)
            for (std::size_t row = 0; row < weights_.size(); ++row) {
                const auto delay = delays_.empty() ? 0U : static_cast<std::size_t>(delays_.at(row).at(neuron));
                pending_[(now_ + delay) % pending_.size()][row] += weights_[row].at(neuron);
            }
    }
    /// Adds what is due to `sums` and moves on by a step.
    void deliver(std::vector<std::int32_t>& sums) {
        auto& due = pending_[now_];
        for (std::size_t row = 0; row < due.size(); ++row) sums.at(row) += scaled_sum(due[row], format_);
        std::fill(due.begin(), due.end(), 0);
        now_ = (now_ + 1) % pending_.size();
    }

    std::int64_t source;
    std::size_t target;

private:
    WeightFormat format_;
    Matrix weights_, delays_;  ///< [target][source]
    std::vector<std::vector<std::int64_t>> pending_;
    std::size_t now_ = 0;
};

struct Network {
    std::vector<NeuronPopulation> populations;
    std::vector<Projection> projections;
    std::vector<Sources> spiking;  ///< per population, of the step just done
};

[[nodiscard]] Network build(const Json& vector) {
    Network network;
    for (const Json& population : vector.at("pops")) network.populations.push_back(lava_network_population(population));
    for (const Json& description : vector.at("conns")) network.projections.emplace_back(description);
    network.spiking.resize(network.populations.size());
    return network;
}

void compare(Comparison& comparison, const Json& expected, std::size_t population, std::size_t row, NeuronPopulation& neurons,
             std::span<const std::int32_t> payloads) {
    const std::string unit = "population " + std::to_string(population) + " neuron";
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
        const auto expect = [&](const char* key, std::int64_t actual) {
            comparison.check(key, "step", row, unit, neuron, expected.at(key).at(row).at(neuron).get<std::int64_t>(), actual);
        };
        expect("u", neurons.state(neuron, row + 1, "current"));
        expect("v", neurons.state(neuron, row + 1, "potential"));
        expect("s", payloads[neuron]);
    }
}

void step(Network& network, const Json& vector, std::size_t row, Comparison& comparison) {
    std::vector<std::vector<std::int32_t>> sums;
    for (const NeuronPopulation& population : network.populations) sums.emplace_back(population.size(), 0);
    for (Projection& projection : network.projections) projection.deliver(sums.at(projection.target));
    for (std::size_t i = 0; i < network.populations.size(); ++i) {
        const auto payloads = network.populations[i].step(row + 1, sums[i]);
        compare(comparison, vector.at("expected").at(i), i, row, network.populations[i], payloads);
        network.spiking[i].clear();
        for (std::size_t neuron = 0; neuron < payloads.size(); ++neuron)
            if (payloads[neuron] != 0) network.spiking[i].push_back(neuron);
    }
    const auto inputs = vector.at("inputs").at(row).get<Sources>();
    for (Projection& projection : network.projections)
        projection.receive(projection.source == from_inputs ? inputs
                                                            : network.spiking.at(static_cast<std::size_t>(projection.source)));
}

[[nodiscard]] Verdict check(const Json& vector) {
    Network network = build(vector);
    Comparison comparison;
    for (std::size_t row = 0; row < vector.at("steps").get<std::size_t>(); ++row) step(network, vector, row, comparison);
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind lava_network{"lava network", "u, v, s of every neuron at every step, by the models alone",
                                        recognises, check};

}  // namespace spikefab::verify
