// SPDX-License-Identifier: Apache-2.0
// From axons and neurons of cores to neurons of populations.
#include "chip/gather_learned.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace spikefab {
namespace {

struct Synapse {
    std::uint32_t source, target;
    std::int16_t weight, delay, tag;
    auto operator<=>(const Synapse&) const = default;
};

/// The number within its population of each neuron of a core.
[[nodiscard]] std::vector<std::uint32_t> numbers_of(const CoreImage& image) {
    std::vector<std::uint32_t> numbers(image.neurons.neurons(), 0);
    for (const PopulationSlice& slice : image.slices)
        for (std::uint32_t i = 0; i < slice.count; ++i) numbers[slice.at + i] = slice.first + i;
    return numbers;
}

[[nodiscard]] std::int16_t value_at(const std::vector<std::int16_t>& values, std::size_t i) {
    return values.empty() ? std::int16_t{0} : values[i];
}

void append(const AxonGroup& axons, const SynapseGroup& group, const std::vector<std::uint32_t>& numbers,
            std::vector<Synapse>& all) {
    for (std::size_t axon = 0; axon < group.axons(); ++axon)
        for (std::uint32_t i = group.offsets[axon]; i < group.offsets[axon + 1]; ++i)
            all.push_back({axons.sources[axon], numbers[group.targets[i]], group.weights[i], value_at(group.delays, i),
                           value_at(group.tags, i)});
}

[[nodiscard]] LearnedProjection columns_of(const std::string& name, std::vector<Synapse>& synapses) {
    std::sort(synapses.begin(), synapses.end());
    LearnedProjection projection{.name = name};
    for (const Synapse& synapse : synapses) {
        projection.sources.push_back(synapse.source);
        projection.targets.push_back(synapse.target);
        projection.weights.push_back(synapse.weight);
        projection.delays.push_back(synapse.delay);
        projection.tags.push_back(synapse.tag);
    }
    return projection;
}

}  // namespace

std::vector<LearnedProjection> gather_learned(const std::vector<LearnedCore>& cores) {
    std::map<std::string, std::vector<Synapse>> by_projection;
    for (const LearnedCore& core : cores) {
        if (core.groups.empty()) continue;
        const std::vector<std::uint32_t> numbers = numbers_of(*core.image);
        const auto& groups = std::get<WeightLists>(core.image->synapses).groups;
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (groups[i].rule) append(groups[i], core.groups[i], numbers, by_projection[groups[i].projection]);
    }
    std::vector<LearnedProjection> learned;
    for (auto& [name, synapses] : by_projection) learned.push_back(columns_of(name, synapses));
    return learned;
}

}  // namespace spikefab
