// SPDX-License-Identifier: Apache-2.0
// Adding up lists and crossbars.
#include "plan/memory_use.hpp"

#include "models/synapse/loihi_weights.hpp"

#include <algorithm>

namespace spikefab {
namespace {

/// Lists that no placement laid out (generators): each as cheap as it can be.
[[nodiscard]] double list_bits(const WeightLists& lists, const SynapseMemory& memory, std::size_t neurons) {
    const SynapseFormat format{.weight_bits = memory.weight_bits, .delay_bits = lists.delays.empty() ? 0 : memory.delay_bits};
    const std::size_t span = std::min<std::size_t>(neurons, 4096);
    double bits = 0.0;
    for (std::size_t axon = 0; axon < lists.axons(); ++axon)
        bits += static_cast<double>(cheapest_axon_list(lists.offsets[axon + 1] - lists.offsets[axon], format, span).bits);
    return bits;
}

}  // namespace

double synaptic_memory_used(const Placement& placement, const ChipPlan& plan) {
    double bits = 0.0;
    for (const CoreImage& core : placement.cores) {
        if (plan.core_type(core.core).array) continue;  // cells are no memory of words
        const std::size_t neurons = core.neurons.neurons();
        if (const auto* lists = std::get_if<WeightLists>(&core.synapses)) {
            bits += core.synaptic_memory_bit > 0.0 ? core.synaptic_memory_bit
                                                   : list_bits(*lists, plan.core_type(core.core).synapses, neurons);
        } else if (const auto* matrix = std::get_if<WeightMatrix>(&core.synapses)) {
            const SynapseMemory& memory = plan.core_type(core.core).synapses;
            bits += static_cast<double>(matrix->weights.size() * (memory.weight_bits + (memory.mapping_bit ? 1U : 0U)));
        } else {
            bits += static_cast<double>(std::get<BinaryCrossbar>(core.synapses).axons() * neurons);
        }
    }
    return bits;
}

}  // namespace spikefab
