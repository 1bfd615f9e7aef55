// SPDX-License-Identifier: Apache-2.0
// From changes of weights to pulses on cells, with their time and energy.
#include "core/array_learner.hpp"

#include "base/contract.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// The image as the engines see it: synapses that hold changes, which have both signs whatever the weights' signs are. What a
/// weight may become is the cells' affair.
[[nodiscard]] WeightLists changes_of(WeightLists lists) {
    std::fill(lists.weights.begin(), lists.weights.end(), 0.0F);
    for (AxonGroup& group : lists.groups) {
        group.rule->sign = SignMode::mixed;
        group.rule->weight_lower = weight_range(SignMode::mixed).lower;
        group.rule->weight_upper = weight_range(SignMode::mixed).upper;
    }
    return lists;
}

}  // namespace

ArrayLearner::ArrayLearner(const WeightLists& lists, std::size_t neurons, const UpdatePulses& pulses,
                           std::vector<CrossbarTile>& tiles)
    : lists_{lists}, pulses_{pulses}, tiles_{tiles}, steps_(tiles.size(), 0) {
    expects(!tiles.empty());
    const WeightLists changes = changes_of(lists);
    for (std::size_t g = 0; g < lists.groups.size(); ++g) {
        changes_.emplace_back(changes, changes.groups[g]);
        SynapseGroup& group = groups_.emplace_back(lists, lists.groups[g]);
        for (std::uint32_t axon = 0; axon < group.axons(); ++axon)
            for (std::size_t i = group.offsets[axon]; i < group.offsets[axon + 1]; ++i)
                read_weight(group, axon, i, tile_of(group.first_axon + axon, group.targets[i]));
    }
    learner_.emplace(changes, changes_, neurons, 1, this);
}

std::size_t ArrayLearner::tile_of(std::uint32_t axon, std::uint32_t neuron) const {
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        if (axon - tiles_[t].first_axon() < tiles_[t].axons() && neuron - tiles_[t].first_neuron() < tiles_[t].neurons())
            return t;
    return tiles_.size();
}

/// The weight as a digital memory would hold it.
void ArrayLearner::read_weight(SynapseGroup& group, std::uint32_t axon, std::size_t synapse, std::size_t tile) {
    expects(tile < tiles_.size());
    const double weight = std::ldexp(tiles_[tile].weight(group.first_axon + axon, group.targets[synapse]), -group.exponent);
    group.weights[synapse] = static_cast<std::int16_t>(std::lround(weight));
}

/// A row's cells are pulsed together: first those that go up, as often as the one that wants most, then those that go down.
void ArrayLearner::write(std::uint32_t group, std::size_t axon, const PlasticSynapses& changes, std::uint64_t step) {
    SynapseGroup& weights = groups_[group];
    const auto first = weights.offsets[axon];
    std::size_t tile = tiles_.size();
    std::uint32_t set = 0;
    std::uint32_t reset = 0;
    const auto end_row = [&] {
        if (tile < tiles_.size()) steps_[tile] += set + reset;
        row_pulses_ += set + reset;
        set = reset = 0;
    };
    for (std::size_t i = 0; i < changes.target.size(); ++i) {
        if (changes.weight[i] == 0) continue;
        const std::uint32_t core_axon = weights.first_axon + static_cast<std::uint32_t>(axon);
        const std::size_t here = tile_of(core_axon, changes.target[i]);
        if (here != tile) end_row();
        tile = here;
        const SynapsePulses done =
            tiles_[tile].change(core_axon, changes.target[i], changes.weight[i], lists_.groups[group].rule->sign, step);
        set = std::max(set, done.set);
        reset = std::max(reset, done.reset);
        cells_ += done.cells;
        energy_ += done.energy;
        changes.weight[i] = 0;
        read_weight(weights, static_cast<std::uint32_t>(axon), first + i, tile);
    }
    end_row();
}

/// Arrays are pulsed side by side; the one with most to do counts.
void ArrayLearner::finish(LearningWork& work) {
    const std::uint32_t longest = *std::max_element(steps_.begin(), steps_.end());
    work.cell_pulses = cells_;
    work.pulse_energy = cell_meter_.add(energy_);
    work.driver_energy = driver_meter_.add(static_cast<double>(row_pulses_) * pulses_.driver.si());
    work.pulsing = static_cast<Picoseconds>(longest) * to_picoseconds(pulses_.pulse);
    std::fill(steps_.begin(), steps_.end(), 0);
    cells_ = row_pulses_ = 0;
    energy_ = 0.0;
}

}  // namespace spikefab
