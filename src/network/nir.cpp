// SPDX-License-Identifier: Apache-2.0
// Composes the linear nodes of a NIR graph into one matrix per pair of populations.
#include "network/nir.hpp"

#include "base/error.hpp"
#include "network/nir_graph.hpp"
#include "network/nir_layers.hpp"
#include "network/nir_signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace spikefab {
namespace {

constexpr std::array hints{
    std::pair{"Threshold", "write the layer as IF or LIF, which have a threshold"},
    std::pair{"I", "it never spikes; use IF"},
    std::pair{"LI", "it never spikes; use LIF"},
    std::pair{"CubaLI", "it never spikes; use CubaLIF"},
    std::pair{"Conv1d", "write it as Conv2d with a height of 1"},
};

[[noreturn]] void refuse_type(const NirNode& node) {
    std::string hint =
        "supported are Input, Output, Affine, Linear, Scale, Conv2d, SumPool2d, AvgPool2d, Flatten, Delay, IF, LIF, CubaLIF";
    for (const auto& [type, advice] : hints)
        if (node.type == type) hint = advice;
    node.refuse("this type of node is not supported; " + hint);
}

class Composer final {
public:
    explicit Composer(NirGraph graph) : graph_{std::move(graph)}, signals_(graph_.nodes.size()) {}

    [[nodiscard]] Network compose(std::string name) {
        network_.name = std::move(name);
        network_.metadata = std::move(graph_.metadata);
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            if (graph_.nodes[i].sources.empty()) add_input(i);
        if (network_.populations.empty()) throw InputError{"it has no nodes"};
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) visit(i);
        find_outputs();
        if (network_.neurons() == 0) throw InputError{"it has no neurons; a spiking network needs an IF, LIF or CubaLIF node"};
        check(network_);
        return std::move(network_);
    }

private:
    /// A node that receives nothing is an Input, or is given one.
    void add_input(std::size_t index) {
        const NirNode& node = graph_.nodes[index];
        if (node.type == "Input") {
            const PopulationId id = network_.populations.push_back({.name = node.name, .shape = declared_shape(node, "shape")});
            signals_[index] = population_signal(id);
            return;
        }
        if (node.type == "Output") node.refuse("receives nothing; draw an edge from a neuron node to it");
        if (!is_linear(node.type) && !is_neuron(node.type) && !is_delay(node.type)) refuse_type(node);
        const auto shape = expected_input(node);
        if (!shape) node.refuse("receives nothing, and its own datasets do not tell what shape it expects; add an Input node");
        const PopulationId id = network_.populations.push_back({.name = "input_" + node.name, .shape = *shape});
        network_.notes.push_back(fmt::format("node '{}' receives nothing: it was given an input '{}' of shape {}", node.name,
                                             network_.populations[id].name, to_text(*shape)));
        given_input_[index] = id;
    }

    void visit(std::size_t index) {
        const NirNode& node = graph_.nodes[index];
        if (node.type == "Input" && node.sources.empty()) return;
        Signal received = receive(index);
        if (node.type == "Input" || node.type == "Output") {
            pass(node, index, std::move(received));
        } else if (is_linear(node.type) || is_delay(node.type)) {
            if (node.targets.empty()) node.refuse("leads nowhere: what leaves a chip are spikes; put a neuron node after it");
            if (is_delay(node.type)) {
                delay(node, index, std::move(received));
            } else {
                apply(node, index, std::move(received));
            }
        } else if (is_neuron(node.type)) {
            add_neurons(node, index, std::move(received));
        } else {
            refuse_type(node);
        }
    }

    /// The sum of all that a node receives.
    [[nodiscard]] Signal receive(std::size_t index) {
        const NirNode& node = graph_.nodes[index];
        if (const auto given = given_input_.find(index); given != given_input_.end()) return population_signal(given->second);
        Signal received = take(node.sources.front());
        for (std::size_t i = 1; i < node.sources.size(); ++i) {
            const NirNode& source = graph_.nodes[node.sources[i]];
            Signal other = take(node.sources[i]);
            if (!same_but_for_ones(other.shape, received.shape))
                node.refuse(fmt::format("receives shape {} from '{}' but shape {} from '{}'", to_text(received.shape),
                                        graph_.nodes[node.sources.front()].name, to_text(other.shape), source.name));
            add(received, std::move(other));
        }
        return received;
    }

    /// The signal of a node; moved out for its last reader.
    [[nodiscard]] Signal take(std::size_t index) {
        if (++taken_[index] == graph_.nodes[index].targets.size()) return std::move(signals_[index]);
        return signals_[index];
    }

    /// An Output, or the port of a nested graph.
    void pass(const NirNode& node, std::size_t index, Signal received) {
        if (const char* key = "shape";
            node.find(key) != nullptr && !same_but_for_ones(declared_shape(node, key), received.shape))
            node.refuse(fmt::format("says shape {}, but receives shape {}", to_text(declared_shape(node, key)),
                                    to_text(received.shape)));
        if (node.type == "Output" && node.targets.empty()) {
            if (!received.nodes.empty())
                node.refuse(
                    fmt::format("receives '{}', which is not a neuron node; what leaves a chip are spikes: put a neuron node "
                                "before it",
                                received.nodes.back()));
            for (const auto& [population, term] : received.terms) add_output(population);
            has_output_ = true;
        }
        signals_[index] = std::move(received);
    }

    void apply(const NirNode& node, std::size_t index, Signal received) {
        LinearLayer layer = linear_layer(node, received.shape);
        received.shape = layer.output;
        received.nodes.push_back(node.name);
        if (layer.matrix) {
            for (auto& [population, term] : received.terms)
                term.matrix = term.matrix ? product(*layer.matrix, *term.matrix)
                                          : (received.terms.size() == 1 ? std::move(*layer.matrix) : *layer.matrix);
            if (!received.bias.empty()) received.bias = product(*layer.matrix, received.bias);
        }
        if (received.bias.empty()) {
            received.bias = std::move(layer.bias);
        } else {
            for (std::size_t i = 0; i < layer.bias.size(); ++i) received.bias[i] += layer.bias[i];
        }
        if (layer.work) network_.work.push_back(std::move(*layer.work));
        signals_[index] = std::move(received);
    }

    void delay(const NirNode& node, std::size_t index, Signal received) {
        postpone(received, delay_of(node, received.shape));
        received.nodes.push_back(node.name);
        signals_[index] = std::move(received);
    }

    void add_neurons(const NirNode& node, std::size_t index, Signal received) {
        const PopulationId id = network_.populations.push_back(neuron_population(node, received.shape));
        const bool silent = std::all_of(received.bias.begin(), received.bias.end(), [](double bias) { return bias == 0.0; });
        if (silent) received.bias.clear();
        const std::string path = fmt::format("{}", fmt::join(received.nodes, " > "));
        std::vector<double> bias = std::move(received.bias);
        PopulationId before;
        std::size_t number = 1;  // of the projections from one population
        for (Projection& projection : projections_of(std::move(received))) {
            number = projection.source == before ? number + 1 : 1;
            before = projection.source;
            projection.name = path.empty() ? network_.populations[projection.source].name + " > " + node.name : path;
            if (number > 1) projection.name += fmt::format(" ({})", number);
            projection.target = id;
            projection.bias = std::exchange(bias, {});  // once, with the first
            network_.projections.push_back(std::move(projection));
        }
        signals_[index] = population_signal(id);
    }

    [[nodiscard]] Signal population_signal(PopulationId id) const {
        const Population& population = network_.populations[id];
        return {.shape = population.shape, .terms = {{id, {.neurons = static_cast<std::uint32_t>(population.size())}}}};
    }

    void add_output(PopulationId population) {
        auto& outputs = network_.outputs;
        if (std::find(outputs.begin(), outputs.end(), population) == outputs.end()) outputs.push_back(population);
    }

    /// Without Output nodes, the neurons that send to nobody are the output.
    void find_outputs() {
        if (has_output_) return;
        std::set<PopulationId> senders;
        for (const Projection& projection : network_.projections) senders.insert(projection.source);
        for (std::uint32_t i = 0; i < network_.populations.size(); ++i)
            if (const PopulationId id{i}; !senders.contains(id) && network_.populations[id].kind != PopulationKind::input)
                add_output(id);
        network_.notes.emplace_back("the file has no Output node: the neurons that send to nobody are taken as the output");
    }

    NirGraph graph_;
    Network network_;
    std::vector<Signal> signals_;
    std::map<std::size_t, PopulationId> given_input_;
    std::map<std::size_t, std::size_t> taken_;
    bool has_output_ = false;
};

}  // namespace

Network read_nir(const std::filesystem::path& file) {
    NirGraph graph = read_nir_graph(file);
    try {
        return Composer{std::move(graph)}.compose(file.stem().string());
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}: {}", file.string(), error.what())};
    }
}

}  // namespace spikefab
