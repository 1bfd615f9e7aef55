// SPDX-License-Identifier: Apache-2.0
// What every placement does alike: copying parameters into cores and collecting who sends to whom.
#pragma once

#include "network/lowered.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <compare>
#include <cstdint>
#include <vector>

namespace spikefab {

/// Names, sizes, input and output of a placement whose cores are still to come. InputError when the network does not
/// have exactly one input and one output population.
[[nodiscard]] Placement empty_placement(const LoweredNetwork& network);

/// Appends the parameters of `count` neurons from `first` on; columns must be the same or `to` empty.
void append_parameters(NeuronParameters& to, const NeuronParameters& from, std::uint32_t first, std::uint32_t count);

/// Neuron `neuron` of `population` sits at `at`, behind those that `core` already has.
void append_slice(CoreImage& core, PopulationId population, std::uint32_t neuron, std::uint32_t at);

/// A source of input to a core: a neuron of a population, with the delay of its axon. Projections whose axons stand apart are
/// of group 1 + their number in the network, all others of group 0.
struct AxonSource {
    std::uint32_t group = 0;
    PopulationId population;
    std::uint32_t neuron = 0;
    std::uint32_t delay = 0;
    auto operator<=>(const AxonSource&) const = default;
};

/// Notes that `axon`, the last of `lists`, stands apart: for `neuron` of the source of `projection`.
void append_to_group(const LoweredProjection& projection, std::uint32_t neuron, std::uint32_t axon, WeightLists& lists);

/// InputError when `projection` is to learn and the chip's cores or steps are not made for that.
void check_learning(const LoweredProjection& projection, const ChipPlan& chip);

/// Collects destinations by source neuron while cores are built in any order.
class DestinationCollector final {
public:
    DestinationCollector(const LoweredNetwork& network, const Placement& placement);

    void add(PopulationId population, std::uint32_t neuron, Destination destination) {
        lists_[population][neuron].push_back(destination);
    }
    /// Every neuron of the output population also sends to the host.
    void add_outputs();
    [[nodiscard]] std::vector<Destination>& of(PopulationId population, std::uint32_t neuron) {
        return lists_[population][neuron];
    }
    [[nodiscard]] DestinationTable of_core(const CoreImage& core) const;
    [[nodiscard]] DestinationTable of_inputs() const { return DestinationTable{lists_[input_]}; }

private:
    PopulationId input_;
    PopulationId output_;
    IdVector<PopulationId, std::vector<std::vector<Destination>>> lists_;
};

/// Rewards reach every core that learns by them, from the host or from the population that gives them.
void send_rewards(const LoweredNetwork& network, Placement& placement, DestinationCollector& destinations);

}  // namespace spikefab
