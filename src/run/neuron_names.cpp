// SPDX-License-Identifier: Apache-2.0
// Turning a placement round: from cores to populations.
#include "run/neuron_names.hpp"

namespace spikefab {
namespace {

/// Cores as a recording numbers them: the chip's, or -1 for the host.
void append_cores(const Placement& placement, const Destination& to, std::vector<std::int32_t>& cores) {
    if (!to.is_group()) {
        cores.push_back(to.core == Destination::host ? RecordedRoutes::host : static_cast<std::int32_t>(to.core));
        return;
    }
    for (const EndpointId core : placement.groups[to.group()].destinations)
        cores.push_back(static_cast<std::int32_t>(core.value()));
}

}  // namespace

NeuronNames::NeuronNames(const Placement& placement) {
    for (const auto& population : placement.populations)
        populations_.push_back({.name = population.name, .neurons = population.size, .routes = {}});
    name_neurons(placement);
    add_routes(placement);
}

void NeuronNames::name_neurons(const Placement& placement) {
    const PopulationId relays{populations_.size()};
    std::uint32_t relay_count = 0;
    for (const CoreImage& core : placement.cores) {
        std::vector<Name>& names = names_[core.core.value()];
        names.resize(core.neurons.neurons());
        for (const PopulationSlice& slice : core.slices)
            for (std::uint32_t i = 0; i < slice.count; ++i) names[slice.at + i] = {slice.population, slice.first + i};
        for (Name& name : names)
            if (!name.population.valid()) name = {relays, relay_count++};
    }
    if (relay_count != 0) populations_.push_back({.name = "relays", .neurons = relay_count, .routes = {}});
}

void NeuronNames::add_routes(const Placement& placement) {
    std::vector<std::vector<std::vector<std::int32_t>>> cores_reached;  // [population][neuron]
    for (RecordedPopulation& population : populations_) {
        cores_reached.emplace_back(population.neurons);
        population.routes.core.assign(population.neurons, RecordedRoutes::host);
    }
    for (const CoreImage& core : placement.cores) {
        const std::vector<Name>& names = names_.at(core.core.value());
        for (std::size_t at = 0; at < names.size(); ++at) {
            const auto [population, neuron] = names[at];
            populations_[population.value()].routes.core[neuron] = static_cast<std::int32_t>(core.core.value());
            for (const Destination& to : core.destinations[at])
                append_cores(placement, to, cores_reached[population.value()][neuron]);
        }
    }
    for (std::size_t neuron = 0; neuron < placement.inputs.sources(); ++neuron)
        for (const Destination& to : placement.inputs[neuron])
            append_cores(placement, to, cores_reached[placement.input.value()][neuron]);
    for (std::size_t p = 0; p < populations_.size(); ++p) {
        RecordedRoutes& routes = populations_[p].routes;
        for (const auto& cores : cores_reached[p]) {
            routes.destinations.insert(routes.destinations.end(), cores.begin(), cores.end());
            routes.offsets.push_back(routes.destinations.size());
        }
    }
}

}  // namespace spikefab
