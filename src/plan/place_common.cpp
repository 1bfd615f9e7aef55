// SPDX-License-Identifier: Apache-2.0
// Shared steps of the placements.
#include "plan/place_common.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace spikefab {
namespace {

/// Steps after an input spike at which each population first has input: the longest path counts.
void find_depths(const LoweredNetwork& network, Placement& placement) {
    for (const LoweredProjection& projection : network.projections) {
        auto& target = placement.populations[projection.target];
        target.steps_from_input = std::max(target.steps_from_input, placement.populations[projection.source].steps_from_input +
                                                                        1 + projection.longest_delay());
    }
}

[[nodiscard]] std::string output_names(const LoweredNetwork& network) {
    std::string names;
    for (const PopulationId output : network.outputs) names += (names.empty() ? "" : ", ") + network.populations[output].name;
    return names;
}

[[nodiscard]] PopulationId only_input(const LoweredNetwork& network) {
    PopulationId input;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        if (!network.populations[PopulationId{p}].is_input) continue;
        if (input.valid())
            throw InputError{fmt::format("network '{}' has more than one input; join them into one", network.name)};
        input = PopulationId{p};
    }
    if (!input.valid()) throw InputError{fmt::format("network '{}' has no input", network.name)};
    return input;
}

}  // namespace

Placement empty_placement(const LoweredNetwork& network) {
    if (network.outputs.size() != 1)
        throw InputError{fmt::format("network '{}' has {} outputs ({}), expected one", network.name, network.outputs.size(),
                                     output_names(network))};
    Placement placement;
    for (const LoweredPopulation& population : network.populations)
        placement.populations.push_back({population.name, static_cast<std::uint32_t>(population.size), 0});
    placement.input = only_input(network);
    placement.output = network.outputs.front();
    if (placement.output == placement.input) throw InputError{fmt::format("network '{}' has no neurons", network.name)};
    find_depths(network, placement);
    return placement;
}

void append_parameters(NeuronParameters& to, const NeuronParameters& from, std::uint32_t first, std::uint32_t count) {
    expects(to.columns.empty() || to.columns == from.columns);
    to.columns = from.columns;
    std::map<std::uint16_t, std::uint16_t> row_of;
    for (std::uint32_t neuron = first; neuron < first + count; ++neuron) {
        const std::uint16_t row = from.row_of_neuron[neuron];
        const auto [entry, fresh] = row_of.try_emplace(row, static_cast<std::uint16_t>(to.rows.size()));
        if (fresh) to.rows.push_back(from.rows[row]);
        to.row_of_neuron.push_back(entry->second);
    }
}

void append_slice(CoreImage& core, PopulationId population, std::uint32_t neuron, std::uint32_t at) {
    if (!core.slices.empty() && core.slices.back().population == population &&
        core.slices.back().first + core.slices.back().count == neuron) {
        ++core.slices.back().count;
    } else {
        core.slices.push_back({population, neuron, 1, at});
    }
}

void append_to_group(const LoweredProjection& projection, std::uint32_t neuron, std::uint32_t axon, WeightLists& lists) {
    if (lists.groups.empty() || lists.groups.back().projection != projection.name)
        lists.groups.push_back({.projection = projection.name,
                                .first_axon = axon,
                                .sources = {},
                                .exponent = projection.weight_exponent,
                                .rule = projection.learning});
    lists.groups.back().sources.push_back(neuron);
}

void check_learning(const LoweredProjection& projection, const ChipPlan& chip) {
    if (!projection.learning) return;
    const std::string& kind = chip.core_type_name(CoreId{0U});
    if (!chip.core_type(CoreId{0U}).learning)
        throw InputError{
            fmt::format("projection '{}': it is to learn, and cores of kind '{}' of chip '{}' have no learning engine "
                        "(cores.{}.learning)",
                        projection.name, kind, chip.name(), kind)};
    if (chip.description().synchronisation != Synchronisation::barrier)
        throw InputError{
            fmt::format("projection '{}': learning needs a chip with synchronisation: barrier; it begins when a step's spikes "
                        "have arrived, and prolongs the step",
                        projection.name)};
    if (const std::string_view trace = silent_trace(*projection.learning); !trace.empty())
        throw InputError{
            fmt::format("projection '{}': its rule reads trace {}, and {}_impulse is 0, so that it always is; give an "
                        "impulse, or leave the product out",
                        projection.name, trace, trace)};
}

void send_rewards(const LoweredNetwork& network, Placement& placement, DestinationCollector& destinations) {
    for (const CoreImage& core : placement.cores) {
        const Destination to{core.core.value(), Destination::reward_axon, 1};
        bool listens = false;
        std::set<PopulationId> givers;
        for (const AxonGroup& group : std::get<WeightLists>(core.synapses).groups) {
            if (!group.rule) continue;
            listens |= uses(*group.rule, LearningVariable::r0) || uses(*group.rule, LearningVariable::r1);
            for (const LoweredProjection& projection : network.projections)
                if (projection.name == group.projection && projection.reward.valid()) givers.insert(projection.reward);
        }
        if (listens) placement.rewards.push_back(to);
        for (const PopulationId giver : givers)
            for (std::uint32_t neuron = 0; neuron < network.populations[giver].size; ++neuron)
                destinations.add(giver, neuron, to);
    }
}

DestinationCollector::DestinationCollector(const LoweredNetwork& network, const Placement& placement)
    : input_{placement.input}, output_{placement.output} {
    for (const LoweredPopulation& population : network.populations)
        lists_.push_back(std::vector<std::vector<Destination>>(population.size));
}

void DestinationCollector::add_outputs() {
    auto& lists = lists_[output_];
    for (std::uint32_t neuron = 0; neuron < lists.size(); ++neuron) lists[neuron].push_back({Destination::host, neuron, 1});
}

DestinationTable DestinationCollector::of_core(const CoreImage& core) const {
    std::vector<std::vector<Destination>> lists;
    for (const PopulationSlice& slice : core.slices)
        for (std::uint32_t i = 0; i < slice.count; ++i) lists.push_back(lists_[slice.population][slice.first + i]);
    return DestinationTable{lists};
}

}  // namespace spikefab
