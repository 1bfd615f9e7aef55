// SPDX-License-Identifier: Apache-2.0
// Which neuron of which population sits where, and to which cores it sends: what a recording of spikes says of each.
#pragma once

#include "observe/spike_writer.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace spikefab {

class NeuronNames final {
public:
    struct Name {
        PopulationId population;
        std::uint32_t neuron = 0;
    };

    /// Neurons that belong to no population of the network (splitters) form one more, called "relays".
    explicit NeuronNames(const Placement& placement);

    /// The neurons of `core` in their order there.
    [[nodiscard]] std::span<const Name> of(CoreId core) const { return names_.at(core.value()); }
    /// All populations, with the core of every neuron and the cores that it sends to.
    [[nodiscard]] const std::vector<RecordedPopulation>& recorded() const { return populations_; }

private:
    void name_neurons(const Placement& placement);
    void add_routes(const Placement& placement);

    std::unordered_map<std::uint32_t, std::vector<Name>> names_;  ///< by core
    std::vector<RecordedPopulation> populations_;
};

}  // namespace spikefab
