// SPDX-License-Identifier: Apache-2.0
// One event after the other, each with the cycles of its updates.
#include "core/event_core.hpp"

#include "base/error.hpp"
#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

/// The whole numbers of a neuron's state, in the order of its table.
class StateReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& /*info*/, std::int64_t& value) override { numbers_[count_++] = value; }
    [[nodiscard]] std::span<const std::int64_t> numbers() const { return {numbers_.data(), count_}; }

private:
    std::array<std::int64_t, 8> numbers_{};
    std::size_t count_ = 0;
};

}  // namespace

EventCore::EventCore(const Links& links)
    : controller_{*links.type.controller},
      code_{controller_.bus},
      weights_{std::get<WeightMatrix>(links.image.synapses), links.type.synapses, controller_, links.type.neurons},
      neurons_{links.type.neuron->make_event_neurons(links.image.neurons)},
      activity_{links.activity},
      watcher_{links.watcher},
      period_{links.clock_period},
      slots_{links.type.neurons},
      source_bits_{static_cast<std::uint32_t>(std::bit_width(std::max(links.type.neurons, links.type.input_axons) - 1))},
      input_(neurons_->size()) {
    if (const auto& monitored = controller_.output.monitor) {
        monitored_neuron_ = monitored->neuron;
        monitored_word_ = monitored->source * weights_.words_per_source() + monitored->neuron / weights_.per_word();
    }
}

void EventCore::request(std::uint32_t address, Cycle cycle) {
    const auto command = code_.decode(address);
    if (!command)
        throw InputError{fmt::format("address {:#x} on the input bus: no event of the chip's controller fits it", address)};
    if (watcher_ != nullptr) watcher_->requested(address, time_of(cycle));
    activity_.record(Activity::packet_received);
    request_ = Request{address, *command, cycle};
}

std::optional<Cycle> EventCore::next_decision() const {
    const Cycle free = idle_from();
    if (!queue_.empty()) return free;
    if (request_) return std::max(free, request_->cycle + controller_.latch);
    return std::nullopt;
}

/// The bus comes first while the queue has room, except for what waits until the queue is empty.
bool EventCore::serves_request(Cycle decision) const {
    if (!request_ || request_->cycle + controller_.latch > decision || queue_.size() >= controller_.queue_depth) return false;
    return queue_.empty() || !request_->command.after_queue;
}

void EventCore::act() {
    const Cycle decision = *next_decision();
    fired_.clear();
    sent_.clear();
    changed_.clear();
    reported_ = 0;
    if (serves_request(decision)) {
        serve(decision + controller_.dispatch);
    } else {
        take_from_queue(decision + controller_.dispatch);
    }
    activity_.record(Activity::spike, fired_.size());
}

void EventCore::serve(Cycle start) {
    const Request request = *request_;
    request_.reset();
    const Cycle acknowledged = do_command(request, start) + 1;
    enter(ControllerState::acknowledging, acknowledged);
    if (watcher_ != nullptr) watcher_->acknowledged(time_of(acknowledged));
    idle_ = acknowledged + controller_.release;
    bus_free_ = idle_;
    enter(ControllerState::idle, idle_);
}

/// Returns the event's last cycle.
Cycle EventCore::do_command(const Request& request, Cycle start) {
    const BusCommand& command = request.command;
    switch (command.action) {
        case BusAction::queue:
            enter(ControllerState::queueing, start);
            push(command.stimulus.value_or(0) << source_bits_ | *command.source, start + controller_.queue_write - 1);
            return start + controller_.queue_write - 1;
        case BusAction::time_reference:
            return refer_to_time(command.neuron, start);
        case BusAction::synapse:
            return single_synapse(*command.source, *command.neuron, start);
        case BusAction::bistability:
            return drift(command.source, start);
    }
    return start;
}

Cycle EventCore::refer_to_time(const std::optional<std::uint32_t>& neuron, Cycle start) {
    enter(ControllerState::time_reference, start);
    if (neuron) {
        if (used(*neuron)) neurons_->refer_to_time(*neuron, 1, fired_);
        activity_.record(Activity::neuron_update_inactive);
        return time_updates({.first = *neuron, .slots = 1, .start = start, .leaving = {}});
    }
    neurons_->refer_to_time(0, std::min<std::size_t>(neurons_->size(), swept()), fired_);
    activity_.record(Activity::neuron_update_inactive, swept());
    return time_updates({.first = 0, .slots = swept(), .start = start, .leaving = {}});
}

Cycle EventCore::single_synapse(std::uint32_t source, std::uint32_t neuron, Cycle start) {
    enter(ControllerState::synapse, start);
    activity_.record(Activity::synaptic_event);
    activity_.record(Activity::synapse_word_read);
    activity_.record(Activity::neuron_update_active);
    if (used(neuron)) {
        read_input(source, neuron, 1);
        if (learns_ && controller_.plasticity.on_single_synapses)
            activity_.record(Activity::learning_update,
                             weights_.learn(source, neuron, neuron + 1, neurons_->plasticity(), changed_));
        neurons_->receive(neuron, {input_.data(), 1}, fired_);
    }
    return time_updates(
        {.first = neuron, .slots = 1, .start = start, .leaving = {}, .word_at = monitored_word_at(source, neuron, 1)});
}

Cycle EventCore::drift(const std::optional<std::uint32_t>& source, Cycle start) {
    enter(ControllerState::bistability, start);
    const std::uint32_t first = source.value_or(0);
    const std::uint32_t rows = source ? 1 : weights_.sources();
    const std::uint32_t words = rows * weights_.words_per_source();
    activity_.record(Activity::synapse_word_read, words);
    for (std::uint32_t row = first; row < first + rows; ++row)
        activity_.record(Activity::learning_update, weights_.drift(row, changed_));
    auto change = changed_.begin();
    Cycle write = start + controller_.word_update - 1;
    const std::uint32_t last = first * weights_.words_per_source() + words - 1;
    for (std::uint32_t word = first * weights_.words_per_source();; ++word) {
        if (change != changed_.end() && *change == word) report_words(*change++, write);
        if (word == monitored_word_) show(monitored_synapse(), write);
        if (word == last) return write;
        write = (output_free_ > write ? output_free_ - 1 : write) + controller_.word_update;
    }
}

void EventCore::take_from_queue(Cycle start) {
    const std::uint32_t event = queue_.front();
    const std::uint32_t source = event & ((std::uint32_t{1} << source_bits_) - 1);
    const std::uint32_t stimulus = event >> source_bits_;
    if (stimulus == 0) {
        take_spike(process_spike(source, start));
    } else {
        const Cycle last = process_stimulus(source, stimulus, start);
        pop(last);
        idle_ = last + 1;
    }
    enter(ControllerState::idle, idle_);
}

/// A spike of `source`: plasticity and weights as they are before the sweep, since a word is written with the update of its
/// first neuron and its other neurons still use what was read.
Cycle EventCore::process_spike(std::uint32_t source, Cycle start) {
    enter(ControllerState::spike, start);
    const std::uint32_t slots = swept();
    const std::uint32_t reached = std::min(neurons(), slots);
    read_input(source, 0, reached);
    if (learns_ && controller_.plasticity.on_spikes)
        activity_.record(Activity::learning_update, weights_.learn(source, 0, reached, neurons_->plasticity(), changed_));
    neurons_->receive(0, {input_.data(), reached}, fired_);
    activity_.record(Activity::synaptic_event, slots);
    activity_.record(Activity::neuron_update_active, slots);
    activity_.record(Activity::synapse_word_read, (slots + weights_.per_word() - 1) / weights_.per_word());
    Sweep sweep{.first = 0, .slots = slots, .start = start, .leaving = {}, .word_at = monitored_word_at(source, 0, slots)};
    if (controller_.output.spikes_leave == SpikesLeave::when_processed) {
        sweep.leaving = source;
        sweep.leaves_at = controller_.output.leave_at_neuron.value_or(slots - 1);
    }
    return time_updates(sweep);
}

void EventCore::take_spike(Cycle last_update) {
    Cycle taken = last_update;
    if (controller_.take_after_sweep > 0) {
        enter(ControllerState::taking, last_update + 1);
        taken = std::max(last_update + controller_.take_after_sweep, output_free_);
    }
    pop(taken);
    idle_ = taken + 1;
}

Cycle EventCore::process_stimulus(std::uint32_t neuron, std::uint32_t stimulus, Cycle start) {
    enter(ControllerState::stimulus, start);
    if (used(neuron)) stimulate(neuron, stimulus);
    activity_.record(Activity::neuron_update_active);
    return time_updates({.first = neuron, .slots = 1, .start = start, .leaving = {}});
}

void EventCore::stimulate(std::uint32_t neuron, std::uint32_t stimulus) {
    const auto weight = stimulus_weight(controller_, stimulus);
    if (!weight) return neurons_->refer_to_time(neuron, 1, fired_);
    input_[0] = *weight;
    neurons_->receive(neuron, {input_.data(), 1}, fired_);
}

/// When each neuron of the sweep is written, and what follows from it; returns the last cycle. A spike on the output bus
/// holds the controller before the next neuron's last cycle. Nothing happens between one spike and the next but time.
Cycle EventCore::time_updates(const Sweep& sweep) {
    const Cycle update = controller_.neuron_update;
    const std::uint32_t last = sweep.first + sweep.slots - 1;
    auto firing = fired_.begin();
    Cycle write = sweep.start + update - 1;
    for (std::uint32_t neuron = sweep.first;; ++neuron) {
        const std::uint32_t fires = firing != fired_.end() ? firing->neuron : nowhere;
        const std::uint32_t leaves = sweep.leaving && neuron <= sweep.leaves_at ? sweep.leaves_at : nowhere;
        const std::uint32_t shown = monitored_neuron_ >= neuron ? monitored_neuron_ : nowhere;
        const std::uint32_t word = sweep.word_at && *sweep.word_at >= neuron ? *sweep.word_at : nowhere;
        const std::uint32_t stop = std::min({fires, leaves, shown, word, last});
        for (std::uint32_t quiet = neuron; watcher_ != nullptr && quiet < stop; ++quiet)
            report_neuron(quiet, false, write + (quiet - neuron) * update);
        write += (stop - neuron) * update;
        neuron = stop;
        if (watcher_ != nullptr) report_neuron(stop, fires == stop, write);
        if (fires == stop) {
            fire(stop, write);
            ++firing;
        }
        if (leaves == stop) send(*sweep.leaving, write);
        if (shown == stop || word == stop) monitor(sweep, stop, fires == stop, write);
        if (stop == last) return write;
        write = (output_free_ > write ? output_free_ - 1 : write) + update;
    }
}

/// The neuron of a sweep over `slots` neurons from `first` on with whose write the monitored word is written; none: it is not.
std::optional<std::uint32_t> EventCore::monitored_word_at(std::uint32_t source, std::uint32_t first,
                                                          std::uint32_t slots) const {
    const auto& monitored = controller_.output.monitor;
    if (!monitored || source != monitored->source) return std::nullopt;
    const std::uint32_t begin = monitored->neuron / weights_.per_word() * weights_.per_word();
    if (slots == 1) return first / weights_.per_word() == begin / weights_.per_word() ? std::optional{first} : std::nullopt;
    return begin < slots ? std::optional{begin} : std::nullopt;
}

/// What a neuron's or a synapse's write shows: the neuron in two transfers (spike, directions of plasticity and calcium; then
/// the potential), the synapse in one behind them (ODIN's aer_out.v).
void EventCore::monitor(const Sweep& sweep, std::uint32_t neuron, bool flag, Cycle cycle) {
    const SpikesLeave leaves = controller_.output.spikes_leave;
    if (neuron == monitored_neuron_) {
        StateReader reader;
        if (used(neuron)) neurons_->visit_state(neuron, reader);
        const auto number = [&](std::size_t i) {
            return i < reader.numbers().size() ? static_cast<std::uint32_t>(reader.numbers()[i]) : 0U;
        };
        const std::int8_t direction = used(neuron) ? neurons_->plasticity()[neuron] : std::int8_t{0};
        const bool first_bit = leaves == SpikesLeave::when_fired ? flag : sweep.leaving == neuron;
        const std::uint32_t state =
            (first_bit ? 128U : 0U) | (direction > 0 ? 64U : 0U) | (direction < 0 ? 32U : 0U) | (number(1) & 7U) << 2U;
        show(state, cycle);
        show(number(0) & 255U, output_free_);
        cycle = output_free_;
    }
    if (sweep.word_at == neuron) show(monitored_synapse(), cycle);
}

std::uint32_t EventCore::monitored_synapse() const {
    constexpr std::uint32_t synapse_mark = 0xf0;
    const std::uint32_t place = monitored_neuron_ % weights_.per_word();
    const auto synapse = static_cast<std::uint32_t>(weights_.word(monitored_word_) >> (place * weights_.bits_per_synapse()));
    return synapse_mark | (synapse & 15U);
}

void EventCore::show(std::uint32_t address, Cycle cycle) {
    static_cast<void>(request_output(address, cycle));
}

void EventCore::fire(std::uint32_t neuron, Cycle cycle) {
    if (controller_.recurrent) push(neuron, cycle);
    if (controller_.output.spikes_leave == SpikesLeave::when_fired) send(neuron, cycle);
}

void EventCore::push(std::uint32_t event, Cycle cycle) {
    const bool full = queue_.size() >= controller_.queue_depth;
    if (watcher_ != nullptr) watcher_->queued(event, full, time_of(cycle));
    if (full) {
        ++lost_;
    } else {
        queue_.push_back(event);
    }
}

void EventCore::pop(Cycle cycle) {
    if (watcher_ != nullptr) watcher_->taken(queue_.front(), time_of(cycle));
    queue_.pop_front();
}

void EventCore::send(std::uint32_t neuron, Cycle cycle) {
    if (controller_.output.monitor) return;
    sent_.push_back({neuron, request_output(neuron, cycle)});
}

/// One handshake for what happened in `cycle`; returns the cycle of its request.
Cycle EventCore::request_output(std::uint32_t address, Cycle cycle) {
    const BusOutput& output = controller_.output;
    const Cycle request = cycle + output.request;
    const Cycle done = request + output.acknowledge + output.withdraw;
    output_free_ = done + output.recover;
    activity_.record(Activity::packet_sent);
    if (watcher_ == nullptr) return request;
    watcher_->output_requested(address, time_of(request));
    watcher_->output_done(time_of(done));
    return request;
}

void EventCore::enter(ControllerState state, Cycle cycle) {
    if (watcher_ != nullptr) watcher_->entered(state, time_of(cycle));
}

void EventCore::report_neuron(std::uint32_t neuron, bool fired, Cycle cycle) {
    if (!used(neuron)) return;
    StateReader reader;
    neurons_->visit_state(neuron, reader);
    watcher_->neuron_written(neuron, reader.numbers(), fired, time_of(cycle));
    // The word that holds this neuron's synapse is written with its first neuron, or alone.
    if (reported_ < changed_.size() && changed_[reported_] % weights_.words_per_source() == neuron / weights_.per_word())
        report_words(changed_[reported_++], cycle);
}

void EventCore::report_words(std::uint32_t word, Cycle cycle) {
    if (watcher_ != nullptr) watcher_->word_changed(word, weights_.word(word), time_of(cycle));
}

void EventCore::read_input(std::uint32_t source, std::uint32_t first, std::uint32_t count) {
    weights_.read(source, first, {input_.data(), count});
}

std::uint32_t EventCore::swept() const {
    if (controller_.sweep == SweepOf::all_neurons) return slots_;
    return controller_.last_of_sweep ? *controller_.last_of_sweep + 1 : neurons();
}

void EventCore::reset_neurons() {
    neurons_->reset();
}

}  // namespace spikefab
