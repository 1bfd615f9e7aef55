// SPDX-License-Identifier: Apache-2.0
// Walks the layers of a network through the lowering of a neuron model, and writes the report.
#include "network/lowering.hpp"

#include "base/error.hpp"
#include "network/discrete.hpp"
#include "network/lowering_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

/// Whole steps for the synapses that are left of `from`. What all of them have in common belongs to the projection.
void lower_delays(const DiscreteLayer& layer, const Projection& from, Time dt, const LoweringOptions& options,
                  const ChipLimits& limits, LoweredLayer& lowered, LoweredProjection& to, std::vector<std::string>& notes) {
    if (from.delays.empty()) return;
    const ChipRange range{0.0, static_cast<double>(limits.longest_delay)};
    std::uint64_t rounded = 0;
    for (std::size_t row = 0; row < layer.size(); ++row) {
        std::size_t i = from.weights.offsets[row];
        for (const std::uint32_t source : to.weights.sources_of(row)) {
            while (from.weights.sources[i] != source) ++i;
            const double steps = from.delays[i] / dt.si();
            rounded += std::abs(steps - std::round(steps)) > 1e-3 ? 1U : 0U;
            const double kept = fitted_to(range, std::round(steps), fmt::format("delay from neuron {}", source), row, layer,
                                          options, lowered.report, "make it shorter, or a step (dt) longer");
            to.delays.push_back(static_cast<std::uint8_t>(kept));
        }
    }
    if (rounded > 0)
        notes.push_back(
            fmt::format("projection '{}': {} delays were rounded to whole steps of {}", from.name, rounded, format(dt)));
    const bool common =
        std::all_of(to.delays.begin(), to.delays.end(), [&](std::uint8_t delay) { return delay == to.delays.front(); });
    if (!common) return;
    if (!to.delays.empty()) to.delay += to.delays.front();
    to.delays.clear();
}

void add_layer(const Network& network, PopulationId id, LoweredLayer layer, LoweredNetwork& lowered) {
    std::size_t input = 0;
    for (const Projection& projection : network.projections) {
        if (projection.target != id) continue;
        LoweredProjection& result = layer.projections[input++];
        result.name = projection.name;
        result.source = projection.source;
        result.target = projection.target;
        result.delay += projection.delay;
        lowered.projections.push_back(std::move(result));
    }
    layer.report.layer = network.populations[id].name;
    lowered.report.layers.push_back(std::move(layer.report));
    lowered.populations[id].parameters = std::move(layer.parameters);
}

}  // namespace

ChipRange ChipLimits::potential() const {
    constexpr double endless = std::numeric_limits<double>::infinity();
    if (wrapping_potential == 0) return {-endless, endless};
    const double half = std::exp2(static_cast<double>(wrapping_potential) - 1.0);
    return {-half, half - 1.0};
}

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

LoweredNetwork lower(const Network& network, std::string_view neuron_model, const LoweringOptions& options,
                     const ChipLimits& limits) {
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
        LoweredLayer result = rule->lower(layer, options, limits, lowered.report.notes);
        for (std::size_t input = 0; input < layer.inputs.size(); ++input)
            lower_delays(layer, *layer.inputs[input], lowered.dt, options, limits, result, result.projections[input],
                         lowered.report.notes);
        add_layer(network, id, std::move(result), lowered);
    }
    return lowered;
}

}  // namespace spikefab
