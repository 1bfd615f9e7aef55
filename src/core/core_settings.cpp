// SPDX-License-Identifier: Apache-2.0
// From a kind of core as described to the times and sizes that a simulated core works with.
#include "core/core_settings.hpp"

namespace spikefab {
namespace {

[[nodiscard]] StageTiming timing_of(const Stage& stage) {
    return {to_picoseconds(stage.latency), to_picoseconds(stage.occupancy), stage.queue};
}

}  // namespace

CoreSettings core_settings(const CoreDescription& type) {
    CoreSettings settings;
    settings.timing = {.axon_in = timing_of(type.axon_in),
                       .synapse = timing_of(type.synapse),
                       .dendrite = timing_of(type.dendrite),
                       .soma_latency = to_picoseconds(type.soma.latency),
                       .soma_active = to_picoseconds(type.soma.active),
                       .soma_inactive = to_picoseconds(type.soma.inactive),
                       .soma_per_axon = to_picoseconds(type.soma.per_axon),
                       .waits_for_network = type.soma.waits_for_network,
                       .schedule_read = to_picoseconds(type.schedule.read),
                       .schedule_clear = to_picoseconds(type.schedule.clear),
                       .clear_loses_spikes = type.schedule.clear_loses_spikes,
                       .axon_out = timing_of(type.axon_out),
                       .interface = timing_of(type.interface)};
    settings.memory = {.word_bits = static_cast<std::uint32_t>(type.synapses.word.value()),
                       .bits_per_synapse = type.synapses.weight_bits + type.synapses.delay_bits + type.synapses.tag_bits,
                       .header_bits = static_cast<std::uint32_t>(type.synapses.list_header.value())};
    settings.scan_by_neuron = type.processing == Processing::by_neuron;
    if (settings.scan_by_neuron) settings.scanned_neurons = type.neurons;
    return settings;
}

}  // namespace spikefab
