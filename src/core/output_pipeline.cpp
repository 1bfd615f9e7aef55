// SPDX-License-Identifier: Apache-2.0
// The recurrences of a core's output side.
#include "core/output_pipeline.hpp"

#include "base/contract.hpp"

#include <algorithm>
#include <bit>

namespace spikefab {

OutputPipeline::OutputPipeline(const CoreTiming& timing, const DestinationTable& destinations, std::uint32_t neurons)
    : one_at_a_time_{timing.waits_for_network},
      interface_leave_(timing.interface.queue, 0),
      destinations_{destinations},
      stage_starts_(timing.axon_out.queue, 0),
      neurons_{neurons},
      timing_{timing} {}

void OutputPipeline::begin(Picoseconds now, std::span<const Spike> spikes, std::span<const std::uint64_t> active,
                           std::uint32_t active_axons) {
    expects(drained());
    spikes_ = spikes;
    // Spikes are few among many neurons, so where they go is seldom in the cache.
    for (const Spike& spike : spikes) destinations_.prefetch(spike.neuron);
    active_ = active;
    start_ = now;
    scan_ = timing_.soma_per_axon * static_cast<Picoseconds>(active_axons);
    stall_ = 0;
    stalls_.clear();
    spike_ = 0;
    message_ = 0;
    open_ = false;
    word_ = 0;
    counted_ = 0;
    counted_spikes_ = 0;
}

std::uint32_t OutputPipeline::active_before(std::uint32_t neuron) {
    for (; word_ < neuron / 64; ++word_) counted_ += static_cast<std::uint32_t>(std::popcount(active_[word_]));
    const std::uint64_t below = active_[neuron / 64] & ((std::uint64_t{1} << (neuron % 64)) - 1);
    return counted_ + static_cast<std::uint32_t>(std::popcount(below));
}

Picoseconds OutputPipeline::pass_time(std::uint32_t neurons) const {
    return static_cast<Picoseconds>(neurons) * (timing_.soma_inactive + scan_);
}

/// When the spiking neuron at hand is done, if nothing more holds it up.
Picoseconds OutputPipeline::ready_time(std::uint32_t neuron) {
    const bool had_input = (active_[neuron / 64] >> (neuron % 64) & 1U) != 0;
    const auto extra = static_cast<Picoseconds>(active_before(neuron) + counted_spikes_);
    counted_spikes_ += had_input ? 0U : 1U;  // a neuron that fires without input counts as active
    return start_ + stall_ + pass_time(neuron) + extra * (timing_.soma_active - timing_.soma_inactive) + timing_.soma_latency;
}

/// The spike leaves the neuron pipeline, which stalls while the output stage's queue is full.
void OutputPipeline::open_spike() {
    const Picoseconds ready = ready_time(spikes_[spike_].neuron);
    const Picoseconds entered = std::max(ready, stage_starts_[stage_next_]);
    if (entered != ready) {
        stall_ += entered - ready;
        stalls_.push_back({spikes_[spike_].neuron, stall_});
    }
    const Picoseconds begin = std::max(entered, stage_free_);
    stage_starts_[stage_next_] = begin;
    stage_next_ = stage_next_ + 1 == stage_starts_.size() ? 0 : stage_next_ + 1;
    stage_free_ = begin;
    open_ = true;
}

/// One message at a time, and no queue: the neuron waits where it is.
std::optional<Departure> OutputPipeline::take_one() {
    while (waiting_ == 0 && spike_ < spikes_.size()) {
        const Spike& spike = spikes_[spike_];
        const std::span<const Destination> destinations = destinations_[spike.neuron];
        if (message_ == destinations.size()) {
            ++spike_;
            message_ = 0;
            continue;
        }
        planned_ = message_ == 0 ? ready_time(spike.neuron) + timing_.axon_out.latency + timing_.interface.latency
                                 : planned_ + timing_.axon_out.occupancy;
        ++waiting_;
        return Departure{destinations[message_++], spike.neuron, spike.payload, planned_};
    }
    return std::nullopt;
}

std::optional<Departure> OutputPipeline::take() {
    if (one_at_a_time_) return take_one();
    while (spike_ < spikes_.size()) {
        if (!open_) open_spike();
        const Spike& spike = spikes_[spike_];
        const std::span<const Destination> destinations = destinations_[spike.neuron];
        if (message_ == destinations.size()) {
            ++spike_;
            message_ = 0;
            open_ = false;
            continue;
        }
        if (waiting_ == interface_leave_.size()) return std::nullopt;
        // The stage holds its message until the interface's queue has a place.
        const Picoseconds start = std::max(stage_free_, interface_leave_[interface_next_] - timing_.axon_out.latency);
        stage_free_ = start + timing_.axon_out.occupancy;
        const Picoseconds handed_over = std::max(start + timing_.axon_out.latency, interface_free_);
        interface_free_ = handed_over + timing_.interface.occupancy;
        interface_next_ = interface_next_ + 1 == interface_leave_.size() ? 0 : interface_next_ + 1;
        ++waiting_;
        return Departure{destinations[message_++], spike.neuron, spike.payload, handed_over + timing_.interface.latency};
    }
    return std::nullopt;
}

void OutputPipeline::departed(Picoseconds now) {
    expects(waiting_ > 0);
    if (one_at_a_time_) {
        --waiting_;
        stall_ += now - planned_;
        if (now != planned_) stalls_.push_back({spikes_[spike_].neuron, stall_});
        planned_ = now;
        return;
    }
    interface_leave_[interface_left_] = now;
    interface_left_ = interface_left_ + 1 == interface_leave_.size() ? 0 : interface_left_ + 1;
    --waiting_;
}

Picoseconds OutputPipeline::pipeline_free() const {
    std::uint32_t active = 0;
    for (const std::uint64_t word : active_) active += static_cast<std::uint32_t>(std::popcount(word));
    const auto extra = static_cast<Picoseconds>(active + counted_spikes_);
    return start_ + stall_ + pass_time(neurons_) + extra * (timing_.soma_active - timing_.soma_inactive);
}

Picoseconds OutputPipeline::pass_end() const {
    return std::max(pipeline_free(), stage_free_);
}

std::vector<Picoseconds> OutputPipeline::neuron_times(std::uint32_t count) const {
    std::vector<Picoseconds> times;
    times.reserve(count);
    Picoseconds free = start_;  // when the pipeline takes the neuron, waits left out
    Picoseconds stalled = 0;
    auto stall = stalls_.begin();
    auto spike = spikes_.begin();
    for (std::uint32_t neuron = 0; neuron < count; ++neuron) {
        for (; stall != stalls_.end() && stall->neuron == neuron; ++stall) stalled = stall->total;
        const bool fired = spike != spikes_.end() && spike->neuron == neuron;
        if (fired) ++spike;
        times.push_back(free + stalled + timing_.soma_latency);
        const bool active = fired || (active_[neuron / 64] >> (neuron % 64) & 1U) != 0;
        free += (active ? timing_.soma_active : timing_.soma_inactive) + scan_;
    }
    return times;
}

}  // namespace spikefab
