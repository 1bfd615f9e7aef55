// SPDX-License-Identifier: Apache-2.0
// Windows of observation, one after the other.
#include "chip/window_controller.hpp"

#include "chip/clock.hpp"
#include "chip/noc_events.hpp"

#include <algorithm>

namespace spikefab {

WindowController::WindowController(const sc_core::sc_module_name& name, const Links& links)
    : sc_core::sc_module{name}, links_{links} {
    SC_METHOD(advance);
}

void WindowController::advance() {
    links_.failure.guard([this] {
        const Picoseconds now = now_in_picoseconds();
        if (step_ > 0) close_window(now);
        if (step_ == last_step_ || links_.observer.stop_requested()) return sc_core::sc_stop();
        open_window(now);
        next_trigger(sc_time_of(links_.plan.tick()));
    });
}

void WindowController::open_window(Picoseconds now) {
    ++step_;
    at_start_ = links_.activity;
    if (step_ > 1 && links_.input.resets_before(step_)) {
        for (const auto& core : links_.cores) core->reset(now);
        links_.activity.record(Activity::state_reset, links_.cores.size());
    }
    for (const auto& core : links_.cores) core->begin_window(step_);
    links_.host.send(step_, now);
    links_.noc.start();
}

void WindowController::close_window(Picoseconds now) {
    for (const auto& core : links_.cores) core->end_window(now);
    const noc::Counters noc = links_.noc.counters();
    record_noc_events(noc.since(noc_before_), links_.activity);
    noc_before_ = noc;
    const std::uint64_t wire = links_.noc.bit_micrometres();
    links_.activity.record(Activity::link_bit_um, wire - wire_before_);
    wire_before_ = wire;
    links_.activity.record(Activity::step, links_.cores.size());
    StepEvent event;
    event.step = step_;
    event.start = end_;
    event.end = now;
    event.busy_until = std::clamp(links_.noc.last_activity(), event.start, event.end);
    event.activity = links_.activity;
    event.activity -= at_start_;
    event.spikes = event.activity[Activity::spike];
    event.packets = event.activity[Activity::packet_sent] + links_.host.packets() - host_packets_before_;
    host_packets_before_ = links_.host.packets();
    end_ = now;
    links_.observer.step_done(event);
}

}  // namespace spikefab
