// SPDX-License-Identifier: Apache-2.0
// Running the NoC's planes between other events.
#include "chip/noc_module.hpp"

#include "base/error.hpp"
#include "chip/clock.hpp"
#include "noc/make_engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikefab {

NocModule::NocModule(const sc_core::sc_module_name& name, const ChipPlan& plan, std::span<const MulticastGroup> groups,
                     FailureBox& failure)
    : sc_core::sc_module{name},
      failure_{failure},
      tick_{to_picoseconds(noc::tick_duration(plan.description().noc))},
      packet_flits_{plan.description().noc.packet_flits},
      answers_{plan.answer_endpoint()},
      groups_{groups},
      wires_{plan.description().noc, plan.topology()},
      next_plane_(plan.topology().endpoints().size(), 0),
      clients_(plan.topology().endpoints().size(), nullptr) {
    for (std::uint32_t plane = 0; plane < plan.description().noc.planes; ++plane) {
        planes_.push_back(noc::make_engine(plan.description().noc, plan.topology(), *this, groups));
        planes_.back()->observe(this);
    }
    SC_METHOD(run);
    sensitive << wake_;
    dont_initialize();
}

void NocModule::watch(CycleObserver* watcher) {
    watcher_ = watcher;
    for (const auto& plane : planes_) plane->observe(this);
}

void NocModule::log_packets(noc::PacketLog& packet_log) {
    noc::Observer* const self = this;
    for (std::uint32_t plane = 0; plane < planes_.size(); ++plane) {
        logging_.push_back(std::make_unique<noc::PlaneWatch>(plane, packet_log, self));
        planes_[plane]->observe(logging_.back().get());
    }
}

void NocModule::send(EndpointId from, const Destination& to, std::uint64_t data, Picoseconds not_before) {
    noc::Packet packet{.source = from.value(), .destination = to.core, .flits = packet_flits_, .data = data};
    if (to.is_group()) {
        packet.destination = noc::none;
        packet.tag = groups_[to.group()].tag;
    } else if (to.core == Destination::host) {
        packet.destination = answers_.value();
    }
    inject(packet, not_before);
}

void NocModule::inject(noc::Packet packet, Picoseconds not_before) {
    std::uint8_t& plane = next_plane_[packet.source];
    noc::Engine& engine = *planes_[plane];
    plane = plane + 1U == planes_.size() ? 0 : static_cast<std::uint8_t>(plane + 1);
    engine.inject(packet.source, packet, std::max(to_tick(not_before), engine.now()));
}

bool NocModule::idle() const {
    return std::all_of(planes_.begin(), planes_.end(), [](const auto& plane) { return plane->idle(); });
}

noc::Counters NocModule::counters() const {
    noc::Counters total;
    for (const auto& plane : planes_) total += plane->counters();
    return total;
}

std::uint64_t NocModule::bit_micrometres() const {
    double total = 0.0;
    if (wires_.counts())
        for (const auto& plane : planes_) total += wires_.bit_micrometres(plane->counters(), plane->link_flits());
    return static_cast<std::uint64_t>(std::llround(total));
}

/// Up to when nobody else does anything: the NoC may run that far in one go.
Picoseconds NocModule::horizon() const {
    constexpr Picoseconds forever = std::numeric_limits<Picoseconds>::max();
    const Picoseconds now = now_in_picoseconds();
    const Picoseconds others =
        sc_core::sc_pending_activity() ? now + picoseconds_of(sc_core::sc_time_to_pending_activity()) : forever;
    if (answer_after_ == forever) return others;
    noc::Tick first = noc::never;
    for (const auto& plane : planes_) first = std::min(first, plane->next_event().value_or(noc::never));
    return first == noc::never ? others : std::min(others, std::max(now, to_time(first)) + answer_after_);
}

void NocModule::run() {
    failure_.guard([this] {
        const Picoseconds until = horizon();
        run_planes(until);
        for (const auto& plane : planes_)
            if (plane->stuck()) throw SimulationError{"the NoC is deadlocked:\n" + plane->explain_stuck()};
        if (idle()) {
            drained_.notify(sc_time_of(std::max<Picoseconds>(0, last_activity_ - now_in_picoseconds())));
        } else {
            next_trigger(sc_time_of(std::max<Picoseconds>(0, until - now_in_picoseconds())));
        }
    });
}

/// Planes share endpoints, so they advance together, one busy tick at a time when there are several.
void NocModule::run_planes(Picoseconds until) {
    const noc::Tick last = until == std::numeric_limits<Picoseconds>::max() ? noc::never : to_tick(until);
    if (planes_.size() == 1) {
        planes_.front()->run_until(last);
        return;
    }
    while (true) {
        noc::Tick next = noc::never;
        for (const auto& plane : planes_) next = std::min(next, plane->next_event().value_or(noc::never));
        if (next >= last) return;
        for (const auto& plane : planes_) plane->run_until(next + 1);
    }
}

noc::Tick NocModule::accept(std::uint32_t endpoint, const noc::Packet& packet, noc::Tick now) {
    const Picoseconds time = to_time(now);
    if (watcher_ != nullptr) watcher_->delivered(packet.source, endpoint, packet.data, time);
    last_activity_ = std::max(last_activity_, time);
    return std::max(now, to_tick(clients_[endpoint]->arrive(packet.source, packet.data, time)));
}

void NocModule::injected(std::uint32_t endpoint, const noc::Packet& packet, noc::Tick now) {
    if (watcher_ != nullptr) watcher_->injected(endpoint, packet.destination, packet.data, to_time(now));
    clients_[endpoint]->departed(to_time(now));
}

void NocModule::hop(std::uint32_t router, std::uint32_t port, const noc::Packet& packet, noc::Tick now) {
    if (watcher_ != nullptr) watcher_->hop(router, port, packet.destination, packet.data, to_time(now));
}

void NocModule::stalled(std::uint32_t router, std::uint32_t port, const noc::Packet& packet, noc::Tick first, noc::Tick last) {
    if (watcher_ != nullptr) watcher_->stalled(router, port, packet.destination, packet.data, to_time(first), to_time(last));
}

}  // namespace spikefab
