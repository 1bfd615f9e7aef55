// SPDX-License-Identifier: Apache-2.0
// lava networks (LIF populations, Dense and DelayDense projections), twice: in the plain function of the models, u, v, s of
// every neuron at every step; and on a simulated chip, v and s. The first tells a wrong formula from a wrong machine.
#include "base/error.hpp"
#include "models/synapse/loihi_weights.hpp"
#include "verify/kinds.hpp"
#include "verify/loihi_chip.hpp"
#include "verify/loihi_parameters.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;
using Matrix = std::vector<std::vector<std::int32_t>>;

/// A spike and what it carries.
struct Sent {
    std::size_t neuron;
    std::int32_t payload;
};

constexpr std::int32_t longest_delay = 4095;  // far beyond the 62 steps of Loihi
constexpr std::int64_t from_inputs = -1;      ///< `src` of a projection that the vector's input spikes feed

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("pops") && vector.contains("conns");
}

[[nodiscard]] SignMode sign_of(std::int64_t number) {
    if (number < 1 || number > 3) throw InputError{fmt::format("conns: sign {} is none of 1, 2, 3", number)};
    return static_cast<SignMode>(number - 1);
}

[[nodiscard]] WeightFormat format_of(const Json& description) {
    const auto bits = description.at("bits").get<std::int64_t>();
    const auto exponent = description.at("exp").get<std::int64_t>();
    if (bits < 0 || bits > 8) throw InputError{fmt::format("conns: weights of {} bits; Loihi's have 0 to 8", bits)};
    if (exponent < -8 || exponent > 7) throw InputError{fmt::format("conns: exponent {} is outside -8 to 7", exponent)};
    return {.sign = sign_of(description.at("sign").get<std::int64_t>()),
            .bits = static_cast<std::uint32_t>(bits),
            .exponent = static_cast<std::int32_t>(exponent)};
}

/// A projection with its weights as they are stored.
[[nodiscard]] LoihiProjection projection_of(const Json& description) {
    const auto source = description.at("src").get<std::int64_t>();
    const WeightFormat format = format_of(description);
    LoihiProjection projection{.source = source == from_inputs ? LoihiProjection::from_input : static_cast<std::size_t>(source),
                               .target = description.at("dst").get<std::size_t>(),
                               .weights = description.at("w").get<Matrix>(),
                               .exponent = format.exponent};
    for (auto& row : projection.weights)
        for (std::int32_t& weight : row) weight = stored_weight(weight, format);
    projection.graded = description.value("num_message_bits", 0) > 0;
    if (description.contains("delays") && description.at("delays").is_array())
        projection.delays = description.at("delays").get<Matrix>();
    for (const auto& row : projection.delays)
        for (const std::int32_t delay : row)
            if (delay < 0 || delay > longest_delay)
                throw InputError{fmt::format("a delay of {} steps is outside 0 to {}", delay, longest_delay)};
    return projection;
}

/// One projection at work: spikes in, sums per target neuron out, after its delays and with its exponent.
class Synapses final {
public:
    explicit Synapses(const LoihiProjection& projection) : projection_{projection}, format_{.exponent = projection.exponent} {
        std::int32_t longest = 0;
        for (const auto& row : projection.delays)
            for (const std::int32_t delay : row) longest = std::max(longest, delay);
        pending_.assign(static_cast<std::size_t>(longest) + 1, std::vector<std::int64_t>(projection.weights.size(), 0));
        now_sent_ = pending_;
    }

    /// What arrives together and was sent together is one sum, and scaled as one (DelayDense shifts each step's sums).
    void receive(const std::vector<Sent>& spikes) {
        for (const auto& [neuron, payload] : spikes)
            for (std::size_t row = 0; row < projection_.weights.size(); ++row)
                now_sent_[delay(row, neuron)][row] +=
                    std::int64_t{projection_.weights[row][neuron]} * (projection_.graded ? payload : 1);
        for (std::size_t delay = 0; delay < now_sent_.size(); ++delay)
            for (std::size_t row = 0; row < projection_.weights.size(); ++row) {
                pending_[(now_ + delay) % pending_.size()][row] += scaled_sum(now_sent_[delay][row], format_);
                now_sent_[delay][row] = 0;
            }
    }
    /// Adds what is due to `sums` and moves on by a step.
    void deliver(std::vector<std::int32_t>& sums) {
        auto& due = pending_[now_];
        for (std::size_t row = 0; row < due.size(); ++row) sums.at(row) += static_cast<std::int32_t>(due[row]);
        std::fill(due.begin(), due.end(), 0);
        now_ = (now_ + 1) % pending_.size();
    }

private:
    [[nodiscard]] std::size_t delay(std::size_t row, std::size_t neuron) const {
        return projection_.delays.empty() ? 0U : static_cast<std::size_t>(projection_.delays[row][neuron]);
    }

    const LoihiProjection& projection_;
    WeightFormat format_;
    std::vector<std::vector<std::int64_t>> pending_;   ///< by step of arrival, from now_ on; scaled
    std::vector<std::vector<std::int64_t>> now_sent_;  ///< by delay: sums of the step at hand
    std::size_t now_ = 0;
};

/// The models alone, step by step.
class Model final {
public:
    explicit Model(const LoihiNetwork& network) : network_{network}, sent_(network.populations.size()) {
        for (const NeuronTable& population : network.populations) populations_.emplace_back(population);
        for (const LoihiProjection& projection : network.projections) synapses_.emplace_back(projection);
    }

    void step(std::size_t row, const Json& expected, Comparison& comparison);

private:
    const LoihiNetwork& network_;
    std::vector<NeuronPopulation> populations_;
    std::vector<Synapses> synapses_;
    std::vector<std::vector<Sent>> sent_;  ///< per population, of the step just done
};

[[nodiscard]] LoihiNetwork network_of(const Json& vector) {
    LoihiNetwork network{.input_lines = vector.at("n_inputs").get<std::size_t>()};
    for (const Json& population : vector.at("pops")) network.populations.push_back(lava_network_neurons(population));
    for (const Json& description : vector.at("conns")) network.projections.push_back(projection_of(description));
    network.inputs = vector.at("inputs").get<std::vector<std::vector<std::size_t>>>();
    const std::size_t steps = vector.at("steps").get<std::size_t>();
    if (network.inputs.size() != steps)
        throw InputError{fmt::format("inputs: {} rows for {} steps", network.inputs.size(), steps)};
    check_shapes(network);
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

void Model::step(std::size_t row, const Json& expected, Comparison& comparison) {
    std::vector<std::vector<std::int32_t>> sums;
    for (const NeuronPopulation& population : populations_) sums.emplace_back(population.size(), 0);
    for (std::size_t i = 0; i < synapses_.size(); ++i) synapses_[i].deliver(sums.at(network_.projections[i].target));
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        const auto payloads = populations_[i].step(row + 1, sums[i]);
        compare(comparison, expected.at(i), i, row, populations_[i], payloads);
        sent_[i].clear();
        for (std::size_t neuron = 0; neuron < payloads.size(); ++neuron)
            if (payloads[neuron] != 0) sent_[i].push_back({neuron, payloads[neuron]});
    }
    std::vector<Sent> inputs;
    for (const std::size_t line : network_.inputs[row]) inputs.push_back({line, 1});
    for (std::size_t i = 0; i < synapses_.size(); ++i) {
        const std::size_t source = network_.projections[i].source;
        synapses_[i].receive(source == LoihiProjection::from_input ? inputs : sent_[source]);
    }
}

[[nodiscard]] Verdict check(const Json& vector) {
    const LoihiNetwork network = network_of(vector);
    const Json& expected = vector.at("expected");
    Model model{network};
    Comparison comparison;
    for (std::size_t row = 0; row < network.inputs.size(); ++row) model.step(row, expected, comparison);
    if (!fits_loihi_chip(network)) return comparison.verdict();
    const LoihiStates states = run_on_loihi_chip(network);
    for (std::size_t i = 0; i < network.populations.size(); ++i) compare_chip(comparison, expected.at(i), i, states);
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind lava_network{
    "lava network", "u, v, s of every neuron at every step; v and s also on a simulated chip", recognises, check};

}  // namespace spikefab::verify
