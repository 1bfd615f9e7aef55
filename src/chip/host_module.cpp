// SPDX-License-Identifier: Apache-2.0
// Input spikes into packets, answer packets into announcements.
#include "chip/host_module.hpp"

#include <algorithm>

namespace spikefab {
namespace {

/// Flits of a packet that cross the chip's edge at `endpoint`.
[[nodiscard]] std::uint32_t edge_flits(const ChipPlan& plan, EndpointId endpoint) {
    const bool edge = plan.topology().endpoint(endpoint).direction != Direction::local;
    return edge ? plan.description().noc.packet_flits : 0;
}

}  // namespace

HostModule::HostModule(const sc_core::sc_module_name& name, const ChipPlan& plan, const Placement& placement,
                       InputSource& input, RunObserver& observer, NocModule& noc, ActivityCounts& activity)
    : sc_core::sc_module{name},
      self_{plan.host_endpoint()},
      edge_flits_in_{edge_flits(plan, self_)},
      edge_flits_out_{edge_flits(plan, plan.answer_endpoint())},
      first_{to_picoseconds(plan.description().host.first_spike)},
      interval_{to_picoseconds(plan.description().host.spike_interval)},
      delays_from_arrival_{plan.delays_from_arrival()},
      destinations_{placement.inputs},
      rewards_{placement.rewards},
      input_{input},
      observer_{observer},
      noc_{noc},
      activity_{activity} {
    noc_.attach(self_, *this);
    noc_.attach(plan.answer_endpoint(), *this);
}

void HostModule::send(std::uint64_t step, Picoseconds now) {
    step_ = step;
    Picoseconds when = std::max(now + first_, next_free_);
    const std::uint64_t counted_from = delays_from_arrival_ ? 0 : step;
    const std::span<const std::uint32_t> spikes = input_.spikes(step);
    if (!spikes.empty()) observer_.input_sent(step, spikes);
    const auto send_to = [&](std::span<const Destination> destinations, std::int32_t payload) {
        activity_.record(Activity::input_spike);
        for (const Destination& to : destinations) {
            const Message message{.axon = to.axon, .step = counted_from + to.delay, .payload = payload};
            noc_.send(self_, to, message.pack(), when);
            when += interval_;
            ++packets_;
            activity_.record(Activity::chip_edge_crossing, edge_flits_in_);
        }
    };
    for (const std::uint32_t neuron : spikes) send_to(destinations_[neuron], 1);
    if (const std::int32_t amount = rewards_.empty() ? 0 : input_.reward(step); amount != 0) send_to(rewards_, amount);
    next_free_ = when;
}

Picoseconds HostModule::arrive(std::uint32_t /*source*/, std::uint64_t data, Picoseconds now) {
    activity_.record(Activity::chip_edge_crossing, edge_flits_out_);
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    observer_.answered(delays_from_arrival_ ? step_ : message.step - 1, message.axon, message.payload);
    return now;
}

}  // namespace spikefab
