// SPDX-License-Identifier: Apache-2.0
// Waking a live core when something is due, and its spikes into packets.
#include "chip/live_core_module.hpp"

#include "chip/clock.hpp"
#include "core/message.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {

SpikeTiming spike_timing(const CoreDescription& type) {
    return {.resolution = std::max<Picoseconds>(1, to_picoseconds(type.columns.resolution)),
            .latency = to_picoseconds(type.soma.latency) + to_picoseconds(type.axon_out.latency),
            .interval = to_picoseconds(type.axon_out.occupancy)};
}

LiveCoreModule::LiveCoreModule(const sc_core::sc_module_name& name, const CoreImage& image, LiveCore core,
                               const SpikeTiming& timing, const Links& links)
    : sc_core::sc_module{name}, image_{image}, core_{std::move(core)}, timing_{timing}, links_{links} {
    links_.noc.attach(EndpointId{image.core.value()}, *this);
    SC_METHOD(run);
    sensitive << wake_;
    dont_initialize();
    plan();  // a neuron may fire without input
}

Picoseconds LiveCoreModule::arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) {
    const Message message = Message::unpack(data, 0);
    links_.activity.record(Activity::packet_received);
    if (image_.keys.empty()) {
        core_.receive(message.axon, message.payload, now);
    } else {
        image_.keys.for_each(source, message.axon,
                             [&](const KeyTable::Target& target) { core_.receive(target.axon, message.payload, now); });
    }
    plan();
    return now;
}

void LiveCoreModule::run() {
    links_.failure.guard([this] {
        advance(now_in_picoseconds());
        plan();
    });
}

void LiveCoreModule::advance(Picoseconds now) {
    found_.clear();
    core_.advance(now, found_);
    if (found_.empty()) return;
    if (CycleObserver* const watcher = links_.observer.cycles()) watcher->crossed(image_, found_);
    for (const TimedSpike& spike : found_) {
        fired_.assign(1, Spike{spike.neuron, spike.payload});
        links_.observer.fired(step_, image_, fired_);
        send(spike);
    }
    links_.noc.start();
}

void LiveCoreModule::send(const TimedSpike& spike) {
    const auto time = static_cast<Picoseconds>(std::ceil(spike.time * 1e12));
    const Picoseconds seen = (time + timing_.resolution - 1) / timing_.resolution * timing_.resolution;
    for (const Destination& to : image_.destinations[spike.neuron]) {
        port_free_ = std::max(port_free_, seen + timing_.latency);
        const Message message{.axon = to.axon, .step = 0, .payload = spike.payload};
        links_.noc.send(EndpointId{image_.core.value()}, to, message.pack(), port_free_);
        links_.activity.record(Activity::packet_sent);
        port_free_ += timing_.interval;
    }
}

/// The one thing that this core waits for; what was planned before no longer counts.
void LiveCoreModule::plan() {
    wake_.cancel();
    const Picoseconds next = core_.next();
    if (next != no_time) wake_.notify(sc_time_of(std::max<Picoseconds>(0, next - now_in_picoseconds())));
}

void LiveCoreModule::end_window(Picoseconds now) {
    advance(now);
    core_.settle(now);
    plan();
}

void LiveCoreModule::reset(Picoseconds now) {
    core_.reset(now);
    plan();
}

}  // namespace spikefab
