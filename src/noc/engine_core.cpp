// SPDX-License-Identifier: Apache-2.0
// The loop over ticks, injection, delivery and counting.
#include "noc/engine_core.hpp"

#include "base/contract.hpp"

namespace spikefab::noc {
namespace {

/// SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014): well mixed bits from a counter.
std::uint32_t mixed(std::uint64_t seed, std::uint32_t endpoint, std::uint32_t sequence) {
    std::uint64_t bits = seed * 0x9E3779B97F4A7C15ULL + (std::uint64_t{endpoint} << 32 | sequence);
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<std::uint32_t>(bits >> 32);
}

/// The zero-load law: every router takes its pipeline and every link its latency.
Pace pace_of(const Plan& plan) {
    const Stages& stages = plan.stages;
    const bool side_by_side = stages.speculative || stages.piggyback;
    const std::uint32_t allocation = stages.piggyback ? stages.switch_allocation
                                     : side_by_side   ? std::max(stages.vc_allocation, stages.switch_allocation)
                                                      : stages.vc_allocation + stages.switch_allocation;
    const Tick router = stages.routing + allocation - 1;  // the last cycle of allocation is the grant's own
    Pace pace{.first = plan.timing.injection_latency + router, .flit = stages.switch_allocation};
    for (std::size_t kind = 0; kind < hop_kinds; ++kind) {
        pace.hop[kind] = plan.timing.hop[kind].latency + router;
        pace.out[kind] = plan.timing.hop[kind].latency;
    }
    return pace;
}

}  // namespace

EngineCore::EngineCore(const Plan& plan, Sink& sink)
    : topology_{*plan.topology},
      algorithm_{plan.routing},
      routing_{*algorithm_},
      fabric_{*plan.topology},
      timing_{plan.timing},
      sink_{sink},
      sources_{pool_, fabric_.endpoints, plan.vcs, plan.buffer_depth, plan.timing.injection_occupancy},
      pace_{pace_of(plan)},
      seed_{plan.seed} {
    if (plan.count_links) link_flits_.assign(std::size_t{fabric_.routers} * fabric_.ports, 0);
}

void EngineCore::inject(std::uint32_t endpoint, const Packet& packet, Tick not_before) {
    expects(endpoint < fabric_.endpoints && packet.flits != 0 && not_before >= now_);
    expects(packet.destination < fabric_.endpoints || packet.tag != none);
    Packet stamped = packet;
    stamped.source = endpoint;
    stamped.created = std::max(not_before, now_);
    Header header{EndpointId{endpoint}, EndpointId{packet.destination}, packet.tag, 0};
    const RoutingClaims& claims = routing_.claims();
    if (claims.choices > 1) header.choice = mixed(seed_, endpoint, sources_.next_sequence(endpoint));
    if (claims.rewrites_header) header = routing_.prepare(header);
    sources_.add(endpoint, pool_.add(stamped, header));
    ++counters_.injected;
}

Counters EngineCore::counters() const {
    Counters counters = counters_;
    counters.crossbar_traversals = counters.router_visits;
    counters.buffer_reads = counters.router_visits - counters.copied + counters.dropped_flits;
    counters.allocations += counters.router_visits;
    return counters;
}

Tick EngineCore::earliest(Tick in_network) const {
    const Tick next = std::min(in_network, sources_.next());
    return late_credits_.empty() ? next : std::min(next, late_credits_.top().at);
}

std::optional<Tick> EngineCore::next_event() const {
    const Tick next = earliest(next_in_network());
    return next == never ? std::nullopt : std::optional{next};
}

Tick EngineCore::run_until(Tick horizon) {
    horizon_ = horizon;
    Tick next = earliest(next_in_network());
    while (next < horizon_) {
        now_ = next;
        const Tick in_network = simulate();
        ++now_;
        next = earliest(in_network);
    }
    if (horizon_ != never) now_ = std::max(now_, horizon_);
    return now_;
}

Tick EngineCore::deliver(std::uint32_t number, std::uint32_t endpoint) {
    const Packet packet = pool_[number].packet;
    if (hop_observer_ != nullptr) finish_trip(number, endpoint, packet);
    pool_.remove(number);
    ++counters_.delivered;
    const Tick latency = now_ - packet.created;
    latency_.sum += latency;
    latency_.longest = std::max(latency_.longest, latency);
    latency_.histogram.record(latency);
    if (observer_ != nullptr) observer_->delivered(endpoint, packet, now_);
    return std::max(sink_.accept(endpoint, packet, now_), now_);
}

void EngineCore::drop(std::uint32_t number, std::uint32_t router) {
    ++counters_.dropped;
    if (observer_ != nullptr) observer_->dropped(router, pool_[number].packet, now_);
    pool_.remove(number);
}

void EngineCore::report_grant(std::uint32_t router, std::uint32_t output, std::uint32_t number, bool head) {
    if (!link_flits_.empty()) ++link_flits_[fabric_.index(router, output)];
    if (hop_observer_ == nullptr) return;
    if (head) follow_head(router, output, number);
    hop_observer_->hop(router, output, pool_[number].packet, now_);
}

Trip& EngineCore::trip_of(std::uint32_t number) {
    if (number >= trips_.size()) trips_.resize(std::max<std::size_t>(number + 1U, 2 * trips_.size()));
    return trips_[number];
}

/// A packet that had left its source before anybody observed has no `due` and counts as never having waited.
void EngineCore::follow_head(std::uint32_t router, std::uint32_t output, std::uint32_t number) {
    Trip& trip = trip_of(number);
    if (now_ > trip.due && trip.due != 0) {
        trip.waited += now_ - trip.due;
        hop_observer_->waited(router, output, pool_[number].packet, now_ - trip.due);
    }
    const std::size_t kind = index_of(fabric_.downstream[fabric_.index(router, output)].hop);
    ++trip.routers;
    trip.slowest = std::max(trip.slowest, timing_.hop[kind].occupancy);
    trip.due = now_ + pace_.hop[kind];
    trip.exit = now_ + pace_.out[kind];
}

/// What the tail comes later than its flits must is waiting too.
void EngineCore::finish_trip(std::uint32_t number, std::uint32_t endpoint, const Packet& packet) {
    Trip& trip = trip_of(number);
    const Tick serial = (packet.flits - 1) * std::max<Tick>(trip.slowest, pace_.flit);
    if (trip.exit != 0 && now_ > trip.exit + serial) trip.waited += now_ - trip.exit - serial;
    hop_observer_->arrived(endpoint, packet, trip, now_);
    trip = {};
}

void EngineCore::note_injection(const SourceFlit& flit) {
    ++counters_.hops[index_of(HopKind::inside_tile)];
    if (!flit.head) return;
    const Packet& packet = pool_[flit.packet].packet;
    latency_.source_wait += now_ - packet.created;
    if (observer_ == nullptr) return;
    if (hop_observer_ != nullptr) trip_of(flit.packet) = {.entered = now_, .due = now_ + pace_.first};
    observer_->injected(flit.endpoint, packet, now_);
}

}  // namespace spikefab::noc
