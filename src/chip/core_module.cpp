// SPDX-License-Identifier: Apache-2.0
// Passing steps to the core and its messages to the NoC.
#include "chip/core_module.hpp"

#include "chip/clock.hpp"

namespace spikefab {

CoreModule::CoreModule(const sc_core::sc_module_name& name, std::size_t index, const CoreImage& image, Core core,
                       const Links& links)
    : sc_core::sc_module{name}, index_{index}, image_{image}, core_{std::move(core)}, links_{links} {
    links_.noc.attach(EndpointId{image.core.value()}, *this);
    SC_METHOD(run);
    sensitive << wake_;
    dont_initialize();
}

void CoreModule::begin(std::uint64_t step) {
    wanted_step_ = step;
    wake_.notify(sc_core::SC_ZERO_TIME);
}

void CoreModule::reset(std::uint64_t step) {
    core_.reset(step);
}

void CoreModule::run() {
    links_.failure.guard([this] {
        if (core_.sending()) {
            pass_waits_ = true;
            ++overruns_;
        } else {
            start_pass(now_in_picoseconds());
        }
    });
}

void CoreModule::start_pass(Picoseconds now) {
    pass_waits_ = false;
    core_.begin_step(wanted_step_, now);
    if (!core_.spikes().empty()) links_.observer.fired(wanted_step_, image_, core_.spikes());
    if (core_.awake()) links_.agenda.mark(index_, wanted_step_ + 1);
    hand_over();
}

void CoreModule::hand_over() {
    const EndpointId self{image_.core.value()};
    while (const auto departure = core_.take()) {
        const Destination& to = departure->destination;
        const Message message{.axon = to.axon, .step = core_.step() + to.delay, .payload = departure->payload};
        const EndpointId endpoint = to.core == Destination::host ? links_.host : EndpointId{to.core};
        links_.noc.send(self, endpoint, message.pack(), departure->time);
    }
}

Picoseconds CoreModule::arrive(std::uint32_t /*source*/, std::uint64_t data, Picoseconds now) {
    const Picoseconds accepted = core_.receive(data, now);
    links_.agenda.mark(index_, core_.last_due());
    return accepted;
}

void CoreModule::departed(Picoseconds now) {
    core_.departed(now);
    hand_over();
    if (pass_waits_ && !core_.sending()) start_pass(now);
}

}  // namespace spikefab
