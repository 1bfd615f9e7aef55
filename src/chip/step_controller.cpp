// SPDX-License-Identifier: Apache-2.0
// The life of a time step.
#include "chip/step_controller.hpp"

#include "chip/clock.hpp"
#include "chip/noc_events.hpp"
#include "core/core_settings.hpp"

#include <algorithm>
#include <set>

namespace spikefab {

StepController::StepController(const sc_core::sc_module_name& name, const Links& links)
    : sc_core::sc_module{name},
      links_{links},
      ticks_{links.plan.description().synchronisation == Synchronisation::tick},
      wakes_all_{links.plan.wakes_all_cores()},
      leads_in_{links.plan.description().input_before_first_tick} {
    for (const auto& module : links_.cores) {
        const CoreSettings settings = core_settings(links_.plan.core_type(module->id()));
        const Picoseconds pass = static_cast<Picoseconds>(module->core().passed_neurons()) * settings.timing.soma_inactive;
        if (pass > idle_pass_) idle_pass_core_ = module->id().value();
        idle_pass_ = std::max(idle_pass_, pass);
        mapped_neurons_ += module->core().neurons();
        if (settings.scan_by_neuron) scanned_rows_ += links_.plan.core_type(module->id()).neurons;
    }
    if (links_.plan.description().synchronisation == Synchronisation::barrier) measure_barrier();
    for (std::size_t index = 0; index < links_.cores.size(); ++index) {
        if (links_.cores[index]->core().awake()) links_.agenda.mark(index, 1);
        if (links_.cores[index]->core().learns()) learners_.push_back(index);
    }
    SC_METHOD(advance);
}

/// The barrier begins when the network is empty, so it is the same in every step.
void StepController::measure_barrier() {
    std::set<RouterId> tiles;
    std::vector<EndpointId> members;
    for (const auto& module : links_.cores)
        if (tiles.insert(links_.plan.topology().endpoint(module->id()).router).second)
            members.push_back(EndpointId{module->id().value()});
    barrier_ = links_.plan.barrier_among(members);
}

void StepController::advance() {
    links_.failure.guard([this] {
        switch (phase_) {
            case Phase::begin:
                return begin_step();
            case Phase::compute:
                // Cores run in this delta cycle, in any order; in the next one all of them have.
                phase_ = Phase::settle;
                return next_trigger(sc_core::SC_ZERO_TIME);
            case Phase::settle:
                return start_network();
            case Phase::finish:
                return finish_step();
        }
    });
}

/// One period before the first step, in which the host's first spikes travel.
void StepController::lead_in() {
    leads_in_ = false;
    links_.host.send(0, now_in_picoseconds());
    links_.noc.start();
    next_trigger(sc_time_of(links_.plan.tick()));
}

void StepController::begin_step() {
    if (leads_in_) return lead_in();
    if (step_ == last_step_) return sc_core::sc_stop();
    ++step_;
    start_ = now_in_picoseconds();
    at_start_ = links_.activity;
    if (step_ > 1 && links_.input.resets_before(step_)) reset_cores();
    if (const bool learns = links_.input.learns(step_); learns != learns_) {
        for (const std::size_t index : learners_) links_.cores[index]->enable_learning(learns);
        learns_ = learns;
    }
    links_.host.send(step_, start_);
    woken_.clear();
    if (wakes_all_)
        for (std::size_t core = 0; core < links_.cores.size(); ++core) links_.agenda.mark(core, step_);
    links_.agenda.take(step_, [this](std::size_t core) {
        woken_.push_back(core);
        links_.cores[core]->begin(step_);
    });
    phase_ = Phase::compute;
    next_trigger(sc_core::SC_ZERO_TIME);
}

void StepController::reset_cores() {
    links_.agenda.clear();
    for (std::size_t index = 0; index < links_.cores.size(); ++index) {
        links_.cores[index]->reset(step_ - 1);
        if (links_.cores[index]->core().awake()) links_.agenda.mark(index, step_);
    }
}

void StepController::start_network() {
    phase_ = Phase::finish;
    links_.noc.start();
    if (ticks_) {
        next_trigger(sc_time_of(start_ + links_.plan.tick() - now_in_picoseconds()));
    } else {
        next_trigger(links_.noc.drained());
    }
}

Picoseconds StepController::busy_until(std::uint32_t& busiest) const {
    Picoseconds busy = start_ + idle_pass_;
    busiest = idle_pass_core_;
    for (const std::size_t index : woken_) {
        const Picoseconds core = links_.cores[index]->core().pass_end();
        if (core > busy) busiest = links_.cores[index]->id().value();
        busy = std::max(busy, core);
    }
    for (const auto& module : links_.cores) {
        const Picoseconds core = module->core().input_done();
        if (core > busy) busiest = module->id().value();
        busy = std::max(busy, core);
    }
    return std::max(busy, links_.noc.last_activity());
}

/// No core knows that no spike is to come before all are done, so all learn then; the slowest one counts.
Picoseconds StepController::learn() {
    Picoseconds longest = 0;
    if (learns_)
        for (const std::size_t index : learners_) longest = std::max(longest, links_.cores[index]->learn(step_));
    return longest;
}

void StepController::finish_step() {
    report_passes();
    StepEvent event;
    event.step = step_;
    event.start = start_;
    event.busy_until = busy_until(event.busiest_core);
    event.learning = learn();
    event.busy_until += event.learning;
    event.end = ticks_ ? start_ + links_.plan.tick() : event.busy_until + to_picoseconds(barrier_.duration);
    count_step();
    event.activity = links_.activity;
    event.activity -= at_start_;
    event.spikes = event.activity[Activity::spike];
    event.packets = event.activity[Activity::packet_sent] + links_.host.packets() - host_packets_before_;
    host_packets_before_ = links_.host.packets();
    end_ = event.end;
    steps_done_ = step_;
    links_.observer.step_done(event);
    phase_ = Phase::begin;
    if (links_.observer.stop_requested()) last_step_ = step_;
    next_trigger(sc_time_of(std::max<Picoseconds>(0, event.end - now_in_picoseconds())));
}

void StepController::report_passes() {
    if (CycleObserver* const watcher = links_.observer.cycles())
        for (const auto& core : links_.cores) core->report_pass(*watcher, step_);
}

/// Counts what every used core did in this step whether it was woken or not, and what the network did.
void StepController::count_step() {
    std::uint64_t active = 0;
    for (const std::size_t index : woken_) active += links_.cores[index]->core().active_neurons();
    ActivityCounts& activity = links_.activity;
    activity.record(Activity::neuron_update_inactive, mapped_neurons_ - active);
    activity.record(Activity::memory_sweep, scanned_rows_);
    activity.record(Activity::step, links_.cores.size());
    if (!ticks_) count_barrier();
    const noc::Counters now = links_.noc.counters();
    record_noc_events(now.since(noc_before_), activity);
    noc_before_ = now;
    const std::uint64_t wire = links_.noc.bit_micrometres();
    activity.record(Activity::link_bit_um, wire - wire_before_);
    wire_before_ = wire;
}

void StepController::count_barrier() {
    links_.activity.record(Activity::barrier, links_.cores.size());
    links_.activity.record(Activity::barrier_message, barrier_.messages);
    links_.activity.record(Activity::link_bit_um, barrier_.bit_micrometres);
    record_noc_events(barrier_.counters, links_.activity);
}

}  // namespace spikefab
