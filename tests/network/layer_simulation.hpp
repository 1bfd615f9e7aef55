// SPDX-License-Identifier: Apache-2.0
// A plain functional run of a lowered network: layer after layer within a step, without any chip.
#pragma once

#include "network/lowered.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace spikefab {

/// Which neurons fired, per population, in one step.
using StepSpikes = std::vector<std::vector<std::uint32_t>>;

/// When a spike reaches the next layer: in its own step, or in the one after it, as on a chip.
enum class Arrival { same_step, next_step };

/// Runs the registered neuron model of a lowered network.
class LayerSimulation final {
public:
    explicit LayerSimulation(const LoweredNetwork& network, Arrival arrival = Arrival::same_step);
    ~LayerSimulation();
    /// Forgets everything, as before the first step.
    void reset();
    /// One step; `inputs` are the spikes of the one input population, rising.
    StepSpikes step(const std::vector<std::uint32_t>& inputs);
    [[nodiscard]] std::uint64_t synaptic_events() const { return synaptic_events_; }

private:
    class Layer;
    Arrival arrival_;
    StepSpikes before_;                           ///< spikes of the step before
    std::vector<std::unique_ptr<Layer>> layers_;  ///< by population; null for inputs
    std::uint64_t step_ = 0;
    std::uint64_t synaptic_events_ = 0;
};

}  // namespace spikefab
