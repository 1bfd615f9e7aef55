// SPDX-License-Identifier: Apache-2.0
// A core as plain data: what it computes and when, without a clock of its own. A shell calls it.
#pragma once

#include "base/ids.hpp"
#include "core/core_function.hpp"
#include "core/input_pipeline.hpp"
#include "core/message.hpp"
#include "core/output_pipeline.hpp"
#include "observe/activity.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace spikefab {

/// How synaptic memory is read, for counting words.
struct MemoryLayout {
    std::uint32_t word_bits = 64;
    std::uint32_t bits_per_synapse = 8;
    std::uint32_t header_bits = 0;
};

struct CoreSettings {
    CoreTiming timing;
    MemoryLayout memory;
    bool scan_by_neuron = false;
    std::uint32_t scanned_neurons = 0;  ///< a scan passes all neurons that the core has, mapped or not
    bool delays_from_arrival = false;   ///< messages carry a delay, not a step
};

class alignas(64) Core final {
public:
    /// `image` must outlive the core.
    Core(const CoreImage& image, const CoreSettings& settings, std::unique_ptr<CoreFunction> function,
         ActivityCounts& activity);

    /// A message arrives at `now`, when the pass of step `begun` has begun. One that should have acted by then is late: it
    /// acts in the next step, and is counted. Returns when its place in the input queue is free again.
    [[nodiscard]] Picoseconds receive(std::uint64_t data, Picoseconds now, std::uint64_t begun);
    /// Runs the pass of `step`, starting at `now`; its messages are then there to take.
    void begin_step(std::uint64_t step, Picoseconds now);
    /// The next message for the network, when its interface has a place.
    [[nodiscard]] std::optional<Departure> take() { return count_departure(output_.take()); }
    /// The oldest message taken entered the network.
    void departed(Picoseconds now) { output_.departed(now); }

    /// When everything received so far has reached the accumulators.
    [[nodiscard]] Picoseconds input_done() const { return input_.done(); }
    /// When the pass that `begin_step` started ends; valid once all messages are taken.
    [[nodiscard]] Picoseconds pass_end() const { return output_.pass_end(); }
    [[nodiscard]] bool awake() const { return function_->awake(); }
    /// True while messages of the last pass have not entered the network.
    [[nodiscard]] bool sending() const { return !output_.drained(); }
    void reset(std::uint64_t step);

    [[nodiscard]] bool learns() const { return learner_ != nullptr; }
    /// Learning on or off from now on.
    void enable_learning(bool on);
    /// Everything of `step` has arrived: the rules act where an epoch ends. Returns how long that takes.
    [[nodiscard]] Picoseconds learn(std::uint64_t step);

    [[nodiscard]] std::uint64_t step() const { return step_; }
    [[nodiscard]] std::span<const Spike> spikes() const { return function_->spikes(); }
    [[nodiscard]] std::uint32_t neurons() const { return neurons_; }
    [[nodiscard]] std::uint32_t active_neurons() const { return active_neurons_; }
    [[nodiscard]] std::uint64_t late_spikes() const { return late_spikes_; }
    /// Spikes that came when the schedule was being cleared.
    [[nodiscard]] std::uint64_t lost_spikes() const { return lost_spikes_; }
    /// When each neuron was done in the last pass, its wait for the network included; final once all messages have left.
    [[nodiscard]] std::vector<Picoseconds> neuron_times() const { return output_.neuron_times(neurons_); }
    /// Neurons that the pipeline passes in every step.
    [[nodiscard]] std::uint32_t passed_neurons() const { return std::max(neurons_, settings_.scanned_neurons); }
    [[nodiscard]] const CoreTiming& timing() const { return settings_.timing; }
    [[nodiscard]] std::span<const SynapseGroup> groups() const { return function_->groups(); }
    [[nodiscard]] CoreFunction& function() { return *function_; }
    /// The step in which the last message received acts.
    [[nodiscard]] std::uint64_t last_due() const { return last_due_; }

private:
    [[nodiscard]] std::optional<Departure> count_departure(std::optional<Departure> departure);
    void count_pass(const PassResult& result);
    void count_analog(const AnalogWork& work);
    [[nodiscard]] std::uint32_t words_read(std::uint32_t axon, std::uint32_t events) const;
    [[nodiscard]] bool clears_schedule_at(Picoseconds now) const;

    // What every message touches comes first, in one cache line.
    std::unique_ptr<CoreFunction> function_;
    Learner* learner_;  ///< null where nothing learns
    ActivityCounts& activity_;
    bool delays_from_arrival_;
    bool clear_loses_spikes_;
    std::uint32_t neurons_;
    std::uint64_t step_ = 0;
    std::uint64_t last_due_ = 0;
    std::uint64_t late_spikes_ = 0;
    InputPipeline input_;
    OutputPipeline output_;
    std::uint64_t lost_spikes_ = 0;
    std::uint32_t active_neurons_ = 0;
    std::vector<std::uint32_t> words_of_axon_;  ///< of synaptic memory; empty where the image does not say
    CoreSettings settings_;
};

}  // namespace spikefab
