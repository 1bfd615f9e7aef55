// SPDX-License-Identifier: Apache-2.0
// Spikes of a step as addresses, and what the chip did with them as a step.
#include "chip/step_host.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {

StepHost::StepHost(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer)
    : image_{placement.cores.front()},
      input_{input},
      observer_{observer},
      tick_{plan.tick()},
      first_{to_picoseconds(plan.description().host.first_spike)},
      interval_{to_picoseconds(plan.description().host.spike_interval)} {
    const EventController& controller = *plan.core_type(image_.core).controller;
    const BusCode code{controller.bus};
    add_input_addresses(code, plan, placement.inputs);
    pixels_ = addresses_of_input_.size();
    add_teacher_addresses(code, controller, placement);
    const auto reference = code.encode({.action = BusAction::time_reference, .source = {}, .neuron = {}, .stimulus = {}});
    if (!reference)
        throw InputError{fmt::format("chip '{}': controller.bus: no event is a time reference for all neurons", plan.name())};
    time_reference_ = *reference;
}

void StepHost::add_input_addresses(const BusCode& code, const ChipPlan& plan, const DestinationTable& inputs) {
    for (std::size_t neuron = 0; neuron < inputs.sources(); ++neuron) {
        addresses_of_input_.emplace_back();
        for (const Destination& to : inputs[neuron]) {
            const auto address = code.encode({.action = BusAction::queue, .source = to.axon, .neuron = {}, .stimulus = {}});
            if (!address)
                throw InputError{
                    fmt::format("chip '{}': controller.bus: no event is a spike of source {}", plan.name(), to.axon)};
            addresses_of_input_.back().push_back(*address);
        }
    }
}

/// A stimulus larger than one event can carry is sent as several.
void StepHost::add_teacher_addresses(const BusCode& code, const EventController& controller, const Placement& placement) {
    for (const std::vector<HostStimulus>& line : placement.teacher_lines) {
        addresses_of_input_.emplace_back();
        for (const HostStimulus& stimulus : line) {
            for (std::int32_t left = stimulus.weight; left != 0;) {
                const std::int32_t part = std::clamp(left, lowest_stimulus(controller), highest_stimulus(controller));
                const auto address = code.encode({.action = BusAction::queue,
                                                  .source = stimulus.neuron,
                                                  .neuron = {},
                                                  .stimulus = stimulus_bits(controller, part)});
                if (!address || part == 0)
                    throw InputError{
                        fmt::format("controller.bus: no event is a stimulus of {} for neuron {}", part, stimulus.neuron)};
                addresses_of_input_.back().push_back(*address);
                left -= part;
            }
        }
    }
}

void StepHost::attach(EventCore& core, ActivityCounts& activity) {
    core_ = &core;
    activity_ = &activity;
}

std::optional<BusHost::Request> StepHost::next(Picoseconds earliest) {
    if (sent_ == addresses_.size()) return std::nullopt;
    const Picoseconds when = std::max(earliest, bus_free_);
    bus_free_ = when + interval_;
    return Request{.address = addresses_[sent_++], .time = when};
}

bool StepHost::goes_on(Picoseconds time) {
    if (step_ > 0) finish_step(time);
    if (step_ == last_step_ || observer_.stop_requested()) return false;
    begin_step();
    return true;
}

void StepHost::begin_step() {
    ++step_;
    start_ = end_;
    bus_free_ = std::max(bus_free_, start_ + first_);
    at_start_ = *activity_;
    core_->enable_learning(input_.learns(step_));
    if (step_ > 1 && input_.resets_before(step_)) {
        core_->reset_neurons();
        activity_->record(Activity::state_reset);
    }
    addresses_.clear();
    sent_ = 0;
    for (const std::uint32_t neuron : input_.spikes(step_)) {
        if (neuron >= addresses_of_input_.size())
            throw InputError{fmt::format("input neuron {} is none of the {} that the chip was loaded for", neuron,
                                         addresses_of_input_.size())};
        // The teacher goes before the pixels: they are to meet neurons that know better.
        add_addresses(neuron, neuron < pixels_ ? addresses_.end() : addresses_.begin());
    }
    addresses_.push_back(time_reference_);
}

void StepHost::add_addresses(std::size_t input, std::vector<std::uint32_t>::const_iterator place) {
    activity_->record(Activity::input_spike);
    addresses_.insert(place, addresses_of_input_[input].begin(), addresses_of_input_[input].end());
}

/// A step takes at least a tick, and as long as the chip needs.
void StepHost::finish_step(Picoseconds time) {
    activity_->record(Activity::step);
    StepEvent event;
    event.step = step_;
    event.start = start_;
    event.busy_until = time;
    event.end = std::max(start_ + tick_, time);
    event.busiest_core = image_.core.value();
    event.activity = *activity_;
    event.activity -= at_start_;
    event.spikes = event.activity[Activity::spike];
    event.packets = event.activity[Activity::packet_sent] + addresses_.size();
    end_ = event.end;
    steps_done_ = step_;
    observer_.step_done(event);
}

void StepHost::fired(std::span<const Spike> spikes) {
    observer_.fired(step_, image_, spikes);
}

void StepHost::received(std::uint32_t neuron, Picoseconds /*time*/) {
    if (neuron >= image_.destinations.sources()) return;
    for (const Destination& to : image_.destinations[neuron])
        if (to.core == Destination::host) observer_.answered(step_, to.axon, 1);
}

}  // namespace spikefab
