// SPDX-License-Identifier: Apache-2.0
// Function and timing of a core put together, and what it counts.
#include "core/core.hpp"

#include "core/learner.hpp"

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

[[nodiscard]] std::uint32_t words_of(std::uint32_t bits, const MemoryLayout& memory) {
    return (bits + memory.word_bits - 1) / memory.word_bits;
}

}  // namespace

Core::Core(const CoreImage& image, const CoreSettings& settings, std::unique_ptr<CoreFunction> function,
           ActivityCounts& activity)
    : function_{std::move(function)},
      learner_{function_->learner()},
      activity_{activity},
      delays_from_arrival_{settings.delays_from_arrival},
      clear_loses_spikes_{settings.timing.clear_loses_spikes},
      neurons_{static_cast<std::uint32_t>(image.neurons.neurons())},
      input_{settings.timing},
      output_{settings.timing, image.destinations, std::max(neurons_, settings.scanned_neurons)},
      settings_{settings} {
    if (const auto* lists = std::get_if<WeightLists>(&image.synapses))
        for (const std::uint32_t bits : lists->bits) words_of_axon_.push_back(words_of(bits, settings_.memory));
}

std::uint32_t Core::words_read(std::uint32_t axon, std::uint32_t events) const {
    if (!words_of_axon_.empty()) return words_of_axon_[axon];
    return words_of(settings_.memory.header_bits + events * settings_.memory.bits_per_synapse, settings_.memory);
}

bool Core::clears_schedule_at(Picoseconds now) const {
    return step_ != 0 && output_.drained() && now == output_.pipeline_free() + settings_.timing.schedule_clear;
}

Picoseconds Core::receive(std::uint64_t data, Picoseconds now, std::uint64_t begun) {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : begun);
    const std::uint64_t due = delays_from_arrival_ ? begun + message.step : message.step;
    const bool late = due <= begun;
    late_spikes_ += late ? 1U : 0U;
    last_due_ = late ? begun + 1 : due;
    if (clear_loses_spikes_ && clears_schedule_at(now)) {
        ++lost_spikes_;
        return now;
    }
    if (learner_ != nullptr) {
        if (message.axon == Destination::reward_axon) {
            learner_->reward(message.payload, begun);
            activity_.record(Activity::reward);
            activity_.record(Activity::packet_received);
            return input_.accept(now, 0);
        }
        learner_->source_spike(message.axon, begun);
    }
    const std::uint32_t events = function_->receive(message.axon, message.payload, last_due_);
    activity_.record(Activity::packet_received);
    if (events != 0) {
        activity_.record(Activity::synaptic_event, events);
        activity_.record(Activity::synapse_word_read, words_read(message.axon, events));
    }
    return input_.accept(now, events);
}

void Core::begin_step(std::uint64_t step, Picoseconds now) {
    step_ = step;
    const PassResult result = function_->run(step);
    output_.begin(now + result.before_neurons, function_->spikes(), function_->active(), result.active_axons);
    count_pass(result);
}

void Core::count_pass(const PassResult& result) {
    const std::span<const std::uint64_t> active = function_->active();
    std::uint32_t count = 0;
    for (const std::uint64_t word : active) count += static_cast<std::uint32_t>(std::popcount(word));
    for (const Spike& spike : function_->spikes())
        count += (active[spike.neuron / 64] >> (spike.neuron % 64) & 1U) != 0 ? 0U : 1U;
    active_neurons_ = count;
    activity_.record(Activity::neuron_update_active, count);
    activity_.record(Activity::spike, function_->spikes().size());
    activity_.record(Activity::synaptic_event, result.synaptic_events);
    if (result.analog) count_analog(*result.analog);
}

void Core::count_analog(const AnalogWork& work) {
    activity_.record(Activity::array_read, work.array_reads);
    activity_.record(Activity::row_pulse, work.driven_rows);
    activity_.record(Activity::adc_conversion, work.conversions);
    activity_.record(Activity::energy_cells, work.cell_energy);
    activity_.record(Activity::energy_wires, work.wire_energy);
    activity_.record(Activity::energy_drivers, work.driver_energy);
    activity_.record(Activity::energy_columns, work.column_energy);
}

std::optional<Departure> Core::count_departure(std::optional<Departure> departure) {
    if (departure) activity_.record(Activity::packet_sent);
    return departure;
}

void Core::reset(std::uint64_t step) {
    function_->reset(step);
    activity_.record(Activity::state_reset);
}

void Core::enable_learning(bool on) {
    if (learner_ != nullptr) learner_->enable(on);
}

Picoseconds Core::learn(std::uint64_t step) {
    const LearningWork work = learner_->end_step(step);
    activity_.record(Activity::trace_update, work.traces);
    activity_.record(Activity::learning_update, work.synapses);
    activity_.record(Activity::synapse_change, work.changed);
    activity_.record(Activity::learning_word_read, work.words_read);
    activity_.record(Activity::learning_word_write, work.words_written);
    activity_.record(Activity::random_draw, work.draws);
    activity_.record(Activity::cell_pulse, work.cell_pulses);
    activity_.record(Activity::energy_pulses, work.pulse_energy);
    activity_.record(Activity::energy_drivers, work.driver_energy);
    return work.pulsing + static_cast<Picoseconds>(work.synapses) * settings_.timing.learning_per_synapse +
           static_cast<Picoseconds>(work.traces) * settings_.timing.learning_per_trace;
}

}  // namespace spikefab
