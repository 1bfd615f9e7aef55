// SPDX-License-Identifier: Apache-2.0
// From a kind of core as described to the times and sizes that a simulated core works with.
#include "core/core_settings.hpp"

#include <fmt/format.h>

#include <memory>

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
                       .bits_per_synapse = type.synapses.weight_bits,
                       .header_bits = static_cast<std::uint32_t>(type.synapses.list_header.value())};
    if (type.learning) {
        settings.timing.learning_per_synapse = to_picoseconds(type.learning->per_synapse);
        settings.timing.learning_per_trace = to_picoseconds(type.learning->per_trace);
    }
    settings.scan_by_neuron = type.processing == Processing::by_neuron;
    if (settings.scan_by_neuron) settings.scanned_neurons = type.neurons;
    return settings;
}

DrawSource draw_source(const RandomNumbers& random, std::uint64_t seed, CoreId core) {
    if (random.generator == Generator::philox)
        return DrawSource{Rng::key_of(seed, fmt::format("core.{}.neurons", core.value()))};
    ShiftRegister::Params params{.width = random.width, .taps = random.taps, .seed = random.seed};
    if (params.seed == 0) {
        Rng rng{seed, "shift_register", core.value()};
        const std::uint32_t states = params.width >= 32 ? 0xffffffffU : (std::uint32_t{1} << params.width) - 1;
        params.seed = 1 + rng.below(states);
    }
    return DrawSource{std::make_shared<ShiftRegister>(params)};
}

}  // namespace spikefab
