// SPDX-License-Identifier: Apache-2.0
// The teacher as a projection of the network, or as stimuli of an event-driven core.
#include "run/lessons.hpp"

namespace spikefab {
namespace {

constexpr std::uint32_t synapse_exponent = 7;  ///< unless given; stimuli have none

/// What the line of `label` adds to output neuron `neuron`.
[[nodiscard]] std::int32_t teacher_weight(const Teacher& teacher, std::uint32_t label, std::uint32_t neuron,
                                          std::uint32_t group) {
    return label == neuron / group ? teacher.excite : -teacher.inhibit;
}

}  // namespace

void add_teacher(const Teacher& teacher, std::uint32_t classes, LoweredNetwork& network) {
    PopulationId input;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p)
        if (network.populations[PopulationId{p}].is_input) input = PopulationId{p};
    LoweredPopulation& population = network.populations[input];
    const auto first = static_cast<std::uint32_t>(population.size);
    population.size += classes;
    population.shape = {static_cast<std::uint32_t>(population.size)};
    for (LoweredProjection& projection : network.projections)
        if (projection.source == input) projection.weights.columns += classes;

    LoweredProjection lines{.name = "teacher", .source = input, .target = network.outputs.front()};
    lines.weight_exponent = static_cast<int>(teacher.weight_exponent.value_or(synapse_exponent));
    const auto neurons = static_cast<std::uint32_t>(network.populations[lines.target].size);
    lines.weights.rows = neurons;
    lines.weights.columns = first + classes;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
        for (std::uint32_t label = 0; label < classes; ++label) {
            const std::int32_t weight = teacher_weight(teacher, label, neuron, neurons / classes);
            if (weight == 0) continue;
            lines.weights.sources.push_back(first + label);
            lines.weights.values.push_back(static_cast<float>(weight));
        }
        lines.weights.offsets.push_back(lines.weights.entries());
    }
    network.projections.push_back(std::move(lines));
}

void add_teacher(const Teacher& teacher, std::uint32_t classes, Placement& placement) {
    const std::uint32_t neurons = placement.populations[placement.output].size;
    placement.teacher_lines.resize(classes);
    for (std::uint32_t label = 0; label < classes; ++label)
        for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
            const std::int32_t weight = teacher_weight(teacher, label, neuron, neurons / classes);
            const std::int32_t scaled = weight * (1 << teacher.weight_exponent.value_or(0));
            if (weight != 0) placement.teacher_lines[label].push_back({.neuron = neuron, .weight = scaled});
        }
    placement.populations[placement.input].size += classes;
}

}  // namespace spikefab
