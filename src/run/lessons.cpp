// SPDX-License-Identifier: Apache-2.0
// The teacher as a projection of the network.
#include "run/lessons.hpp"

namespace spikefab {

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
    lines.weight_exponent = teacher.weight_exponent;
    const auto neurons = static_cast<std::uint32_t>(network.populations[lines.target].size);
    lines.weights.rows = neurons;
    lines.weights.columns = first + classes;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
        for (std::uint32_t label = 0; label < classes; ++label) {
            const std::int32_t weight = label == neuron / (neurons / classes) ? teacher.excite : -teacher.inhibit;
            if (weight == 0) continue;
            lines.weights.sources.push_back(first + label);
            lines.weights.values.push_back(static_cast<float>(weight));
        }
        lines.weights.offsets.push_back(lines.weights.entries());
    }
    network.projections.push_back(std::move(lines));
}

}  // namespace spikefab
