// SPDX-License-Identifier: Apache-2.0
// Passing steps to the core and its messages to the NoC.
#include "chip/core_module.hpp"

#include "base/error.hpp"
#include "base/partial_visitor.hpp"
#include "chip/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {
namespace {

class PotentialReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& info, std::int64_t& value) override {
        if (info.key == "potential") potential = static_cast<double>(value);
    }
    void real(const FieldInfo& info, double& value) override {
        if (info.key == "potential") potential = value;
    }
    double potential = 0.0;
};

}  // namespace

CoreModule::CoreModule(const sc_core::sc_module_name& name, std::size_t index, const CoreImage& image, Core core,
                       const Links& links)
    : sc_core::sc_module{name}, index_{index}, image_{image}, links_{links}, core_{std::move(core)} {
    links_.noc.attach(EndpointId{image.core.value()}, *this);
    SC_METHOD(run);
    sensitive << wake_;
    dont_initialize();
}

void CoreModule::begin(std::uint64_t step) {
    waiting_.push_back(step);
    wake_.notify(sc_time_of(core_.timing().schedule_read));
}

void CoreModule::reset(std::uint64_t step) {
    waiting_.clear();
    told_ = core_.step();  // what that pass wrote is gone
    core_.reset(step);
}

void CoreModule::run() {
    links_.failure.guard([this] {
        if (core_.sending()) ++overruns_;
        if (waiting_.size() > most_waiting_passes)
            throw SimulationError{
                fmt::format("core {} is {} steps behind: its spikes do not leave in time; use a longer tick, a "
                            "faster NoC, or spread the network over more cores",
                            image_.core.value(), waiting_.size())};
        start_passes(now_in_picoseconds());
        // The network had its turn at the step's start, before this pass.
        if (core_.timing().schedule_read > 0) links_.noc.start();
    });
}

/// Begins the passes that wait, in order, until one has spikes to send.
void CoreModule::start_passes(Picoseconds now) {
    while (!waiting_.empty() && !core_.sending()) {
        const std::uint64_t step = waiting_.front();
        waiting_.erase(waiting_.begin());
        if (CycleObserver* const watcher = links_.observer.cycles()) report_pass(*watcher, core_.step());
        core_.begin_step(step, now);
        if (!core_.spikes().empty()) links_.observer.fired(step, image_, core_.spikes());
        if (core_.awake()) links_.agenda.mark(index_, std::max(step, links_.agenda.current_step()) + 1);
        hand_over();
    }
}

void CoreModule::hand_over() {
    const EndpointId self{image_.core.value()};
    while (const auto departure = core_.take()) {
        const Destination& to = departure->destination;
        const std::uint64_t counted_from = links_.delays_from_arrival ? 0 : core_.step();
        const Message message{.axon = to.axon, .step = counted_from + to.delay, .payload = departure->payload};
        links_.noc.send(self, to, message.pack(), departure->time);
    }
}

void CoreModule::report_pass(CycleObserver& watcher, std::uint64_t step) {
    if (core_.sending()) return;
    if (core_.step() > told_) {
        told_ = core_.step();
        tell(watcher, {.step = told_, .potentials = {}, .times = core_.neuron_times(), .spikes = core_.spikes()});
    } else if (step > told_ && waiting_.empty() && watcher.wants_resting_cores()) {
        tell(watcher, {.step = step, .potentials = {}, .times = {}, .spikes = {}});
    }
}

void CoreModule::tell(CycleObserver& watcher, PassEvent pass) {
    potentials_.clear();
    for (std::uint32_t neuron = 0; neuron < core_.neurons(); ++neuron) {
        PotentialReader reader;
        core_.function().visit_state(neuron, pass.step, reader);
        potentials_.push_back(reader.potential);
    }
    pass.potentials = potentials_;
    watcher.pass_done(image_, pass);
}

Picoseconds CoreModule::arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) {
    // A pass that waits has not begun, whatever the chip's step is.
    const std::uint64_t begun = waiting_.empty() ? links_.agenda.current_step() : waiting_.front() - 1;
    const auto receive = [&](std::uint64_t message) {
        const Picoseconds accepted = core_.receive(message, now, begun);
        links_.agenda.mark(index_, std::max(core_.last_due(), links_.agenda.current_step() + 1));
        return accepted;
    };
    // Rewards from the host name their core, not a sender.
    if (image_.keys.empty() || Message::axon_of(data) == Destination::reward_axon) return receive(data);
    Picoseconds accepted = now;
    image_.keys.for_each(source, Message::axon_of(data), [&](const KeyTable::Target& target) {
        accepted = std::max(accepted, receive(Message::redirect(data, target.axon, target.delay)));
    });
    return accepted;
}

void CoreModule::departed(Picoseconds now) {
    core_.departed(now);
    hand_over();
    start_passes(now);
}

}  // namespace spikefab
