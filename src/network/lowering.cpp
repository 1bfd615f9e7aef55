// SPDX-License-Identifier: Apache-2.0
// Walks the layers of a network through the lowering of a neuron model, and writes the report.
#include "network/lowering.hpp"

#include "base/error.hpp"
#include "network/discrete.hpp"
#include "network/lowering_rule.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

ResetRule chosen_reset(const Network& network, const LoweringOptions& options) {
    if (options.reset != ResetRule::from_file) return options.reset;
    const auto found = network.metadata.find("reset");
    if (found == network.metadata.end() || found->second == "to_value") return ResetRule::to_value;
    if (found->second == "subtract") return ResetRule::subtract;
    throw InputError{
        fmt::format("network '{}': metadata reset = '{}' is not known; use to_value or subtract", network.name, found->second)};
}

std::unique_ptr<LoweringRule> rule_for(std::string_view neuron_model) {
    const auto& rules = Registry<LoweringRule>::instance();
    if (const auto* entry = rules.find(neuron_model)) return entry->make();
    throw InputError{fmt::format("no network can be lowered to the neuron model '{}'; models with a lowering: {}", neuron_model,
                                 fmt::join(rules.names(), ", "))};
}

void add_layer(const Network& network, PopulationId id, LoweredLayer layer, LoweredNetwork& lowered) {
    std::size_t input = 0;
    for (const Projection& projection : network.projections) {
        if (projection.target != id) continue;
        LoweredProjection& result = layer.projections[input++];
        result.name = projection.name;
        result.source = projection.source;
        result.target = projection.target;
        result.delay = projection.delay;
        lowered.projections.push_back(std::move(result));
    }
    layer.report.layer = network.populations[id].name;
    lowered.report.layers.push_back(std::move(layer.report));
    lowered.populations[id].parameters = std::move(layer.parameters);
}

}  // namespace

bool LayerLoweringReport::exact() const {
    return weight_error_max == 0.0 && threshold_error_max == 0.0 && bias_error_max == 0.0 && decay_error_max == 0.0 &&
           clipped == 0;
}

std::string to_text(const LoweringReport& report) {
    std::size_t width = 5;
    for (const LayerLoweringReport& layer : report.layers) width = std::max(width, layer.layer.size());
    std::string text = fmt::format("{:<{}}  {:>10} {:>10} {:>8} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8}\n", "layer", width,
                                   "synapses", "scale", "exponent", "w max", "w rms", "threshold", "bias", "decay", "clipped");
    for (const LayerLoweringReport& layer : report.layers)
        text += fmt::format("{:<{}}  {:>10} {:>10.4g} {:>8} {:>9.2g} {:>9.2g} {:>9.2g} {:>9.2g} {:>9.2g} {:>8}{}\n",
                            layer.layer, width, layer.synapses, layer.scale, layer.weight_exponent, layer.weight_error_max,
                            layer.weight_error_rms, layer.threshold_error_max, layer.bias_error_max, layer.decay_error_max,
                            layer.clipped, layer.exact() ? "  exact" : "");
    for (const std::string& note : report.notes) text += "note: " + note + "\n";
    return text;
}

std::size_t LoweredNetwork::neurons() const {
    std::size_t count = 0;
    for (const LoweredPopulation& population : populations) count += population.is_input ? 0 : population.size;
    return count;
}

std::uint64_t LoweredNetwork::synapses() const {
    std::uint64_t count = 0;
    for (const LoweredProjection& projection : projections) count += projection.weights.entries();
    return count;
}

LoweredNetwork lower(const Network& network, std::string_view neuron_model, const LoweringOptions& options) {
    check(network);
    const auto rule = rule_for(neuron_model);
    LoweredNetwork lowered{.name = network.name, .neuron_model = std::string{neuron_model}, .outputs = network.outputs};
    lowered.report.notes = network.notes;
    lowered.dt = choose_dt(network, options, lowered.report.notes);
    const ResetRule reset = chosen_reset(network, options);
    for (const Population& population : network.populations)
        lowered.populations.push_back({.name = population.name,
                                       .shape = population.shape,
                                       .size = population.size(),
                                       .is_input = population.kind == PopulationKind::input});
    for (std::uint32_t i = 0; i < network.populations.size(); ++i) {
        const PopulationId id{i};
        if (lowered.populations[id].is_input) continue;
        const DiscreteLayer layer = discretise(network, id, lowered.dt, reset, lowered.report.notes);
        add_layer(network, id, rule->lower(layer, options, lowered.report.notes), lowered);
    }
    return lowered;
}

}  // namespace spikefab
