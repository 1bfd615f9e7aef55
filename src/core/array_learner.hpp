// SPDX-License-Identifier: Apache-2.0
// Learning where synapses are cells of arrays: the rules of a digital engine ask for changes, and pulses make them, as well as
// the device can.
#pragma once

#include "core/crossbar_tile.hpp"
#include "core/energy_meter.hpp"
#include "core/learner.hpp"

#include <optional>
#include <span>
#include <vector>

namespace spikefab {

class ArrayLearner final : public SynapseWriter {
public:
    /// References must outlive the learner. `lists` has groups, and `tiles` are made of them.
    ArrayLearner(const WeightLists& lists, std::size_t neurons, const UpdatePulses& pulses, std::vector<CrossbarTile>& tiles);

    [[nodiscard]] Learner& learner() { return *learner_; }
    /// The axon groups with the weights that the cells hold now, in whole units.
    [[nodiscard]] std::span<const SynapseGroup> groups() const { return groups_; }

    void write(std::uint32_t group, std::size_t axon, const PlasticSynapses& changes, std::uint64_t step) override;
    void finish(LearningWork& work) override;

private:
    [[nodiscard]] std::size_t tile_of(std::uint32_t axon, std::uint32_t neuron) const;
    void read_weight(SynapseGroup& group, std::uint32_t axon, std::size_t synapse, std::size_t tile);

    const WeightLists& lists_;
    const UpdatePulses& pulses_;
    std::vector<CrossbarTile>& tiles_;
    std::vector<SynapseGroup> groups_;
    std::vector<SynapseGroup> changes_;  ///< what the engines ask for: 0 between epochs
    std::vector<std::uint32_t> steps_;   ///< per tile: pulse times since the last `finish`, one row after the other
    std::uint64_t cells_ = 0;            ///< pulses since then
    double energy_ = 0.0;                ///< J in cells since then
    std::uint64_t row_pulses_ = 0;
    EnergyMeter cell_meter_, driver_meter_;
    std::optional<Learner> learner_;
};

}  // namespace spikefab
