// SPDX-License-Identifier: Apache-2.0
// A core that works event by event: one controller, which serves the input bus and a queue of events one at a time, a row of
// neurons updated in turn, an output bus whose handshake holds the controller. Plain data; counts cycles of its own clock.
#pragma once

#include "core/weight_words.hpp"
#include "models/neuron/neuron_model.hpp"
#include "observe/activity.hpp"
#include "observe/event_observer.hpp"
#include "plan/bus_code.hpp"
#include "plan/chip_description.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace spikefab {

using Cycle = std::int64_t;

/// A spike on the output bus.
struct BusOutputSpike {
    std::uint32_t neuron = 0;
    Cycle cycle = 0;  ///< of the request
};

class EventCore final {
public:
    struct Links {
        const CoreImage& image;       ///< read at construction and by `reset`; must outlive the core
        const CoreDescription& type;  ///< must outlive the core
        ActivityCounts& activity;
        EventObserver* watcher;     ///< null: nobody looks
        std::int64_t clock_period;  ///< picoseconds, for the watcher
    };
    explicit EventCore(const Links& links);

    /// True when a request may be raised, from `bus_free_from()` on.
    [[nodiscard]] bool bus_free() const { return !request_; }
    [[nodiscard]] Cycle bus_free_from() const { return bus_free_; }
    /// InputError for an address that means nothing.
    void request(std::uint32_t address, Cycle cycle);

    /// When the controller decides what to do next; nothing when it has nothing to do.
    [[nodiscard]] std::optional<Cycle> next_decision() const;
    /// Takes that decision and does what it means, to the end. What `fired()` and `sent()` tell is of this event.
    void act();

    [[nodiscard]] std::span<const Spike> fired() const { return fired_; }
    [[nodiscard]] std::span<const BusOutputSpike> sent() const { return sent_; }
    /// When the controller has done everything that it was asked for so far, the output bus included.
    [[nodiscard]] Cycle idle_from() const { return std::max(idle_, output_free_); }
    [[nodiscard]] std::uint64_t lost_spikes() const { return lost_; }
    [[nodiscard]] std::uint32_t neurons() const { return static_cast<std::uint32_t>(neurons_->size()); }
    [[nodiscard]] const WeightWords& weights() const { return weights_; }
    [[nodiscard]] EventNeurons& neuron_array() { return *neurons_; }
    /// Neurons as at the start; weights keep what they learned.
    void reset_neurons();
    /// Whether spikes move weights, where the chip's synapses are plastic; at the start they do.
    void enable_learning(bool on) { learns_ = on; }

private:
    struct Request {
        std::uint32_t address;
        BusCommand command;
        Cycle cycle;
    };
    /// Updates of neurons one after the other.
    struct Sweep {
        std::uint32_t first = 0;
        std::uint32_t slots = 0;  ///< used neurons and empty places
        Cycle start = 0;
        std::optional<std::uint32_t> leaving;    ///< a spike that leaves at one of the updates
        std::uint32_t leaves_at = 0;             ///< the neuron at which it does
        std::optional<std::uint32_t> word_at{};  ///< the neuron with whose write the monitored word of synapses is written
    };

    [[nodiscard]] bool serves_request(Cycle decision) const;
    void serve(Cycle start);
    void take_from_queue(Cycle start);
    [[nodiscard]] Cycle do_command(const Request& request, Cycle start);
    [[nodiscard]] Cycle refer_to_time(const std::optional<std::uint32_t>& neuron, Cycle start);
    [[nodiscard]] Cycle single_synapse(std::uint32_t source, std::uint32_t neuron, Cycle start);
    [[nodiscard]] Cycle drift(const std::optional<std::uint32_t>& source, Cycle start);
    [[nodiscard]] Cycle process_spike(std::uint32_t source, Cycle start);
    void take_spike(Cycle last_update);
    [[nodiscard]] Cycle process_stimulus(std::uint32_t neuron, std::uint32_t stimulus, Cycle start);
    void stimulate(std::uint32_t neuron, std::uint32_t stimulus);
    [[nodiscard]] Cycle time_updates(const Sweep& sweep);
    [[nodiscard]] std::optional<std::uint32_t> monitored_word_at(std::uint32_t source, std::uint32_t first,
                                                                 std::uint32_t slots) const;
    void monitor(const Sweep& sweep, std::uint32_t neuron, bool flag, Cycle cycle);
    [[nodiscard]] std::uint32_t monitored_synapse() const;
    void show(std::uint32_t address, Cycle cycle);
    void fire(std::uint32_t neuron, Cycle cycle);
    void push(std::uint32_t event, Cycle cycle);
    void pop(Cycle cycle);
    void send(std::uint32_t neuron, Cycle cycle);
    Cycle request_output(std::uint32_t address, Cycle cycle);
    void enter(ControllerState state, Cycle cycle);
    void report_neuron(std::uint32_t neuron, bool fired, Cycle cycle);
    void report_words(std::uint32_t word, Cycle cycle);
    void read_input(std::uint32_t source, std::uint32_t first, std::uint32_t count);
    [[nodiscard]] std::uint32_t swept() const;
    [[nodiscard]] bool used(std::uint32_t neuron) const { return neuron < neurons_->size(); }
    [[nodiscard]] std::int64_t time_of(Cycle cycle) const { return cycle * period_; }

    const EventController& controller_;
    BusCode code_;
    WeightWords weights_;
    std::unique_ptr<EventNeurons> neurons_;
    ActivityCounts& activity_;
    EventObserver* watcher_;
    std::int64_t period_;
    std::uint32_t slots_;        ///< neurons of the core, used or not
    std::uint32_t source_bits_;  ///< of an event in the queue

    static constexpr std::uint32_t nowhere = 0xffffffffU;
    std::uint32_t monitored_neuron_ = nowhere;
    std::uint32_t monitored_word_ = nowhere;

    bool learns_ = true;
    std::optional<Request> request_;
    std::deque<std::uint32_t> queue_;
    Cycle idle_ = 0;         ///< the controller is back in its idle state
    Cycle bus_free_ = 0;     ///< the next request may be raised
    Cycle output_free_ = 0;  ///< the output bus no longer holds the controller
    std::uint64_t lost_ = 0;
    std::vector<Spike> fired_;
    std::vector<BusOutputSpike> sent_;
    std::vector<std::int32_t> input_;
    std::vector<std::uint32_t> changed_;  ///< words of the event at hand, rising
    std::size_t reported_ = 0;            ///< how many of them the watcher knows
};

}  // namespace spikefab
