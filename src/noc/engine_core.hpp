// SPDX-License-Identifier: Apache-2.0
// What both engines share: sources, packets, counts, the loop over ticks in which something happens.
#pragma once

#include "base/contract.hpp"
#include "noc/engine.hpp"
#include "noc/fabric.hpp"
#include "noc/plan.hpp"
#include "noc/sources.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <tuple>
#include <vector>

namespace spikefab::noc {

/// How far apart the events of a packet lie in an empty network, in ticks.
struct Pace {
    Tick first = 0;                     ///< from leaving the source's queue to the first grant
    std::array<Tick, hop_kinds> hop{};  ///< from a grant to the next, by kind of the link between
    std::array<Tick, hop_kinds> out{};  ///< from the last grant to the sink, by kind of the way out
    Tick flit = 1;                      ///< from one flit of a packet to the next, or the occupancy of a link if that is more
};

class EngineCore : public Engine {
public:
    EngineCore(const Plan& plan, Sink& sink);

    void inject(std::uint32_t endpoint, const Packet& packet, Tick not_before) final;
    [[nodiscard]] std::size_t queued(std::uint32_t endpoint) const final { return sources_.queued(endpoint); }
    [[nodiscard]] std::optional<Tick> next_event() const final;
    Tick run_until(Tick horizon) final;
    void limit_horizon(Tick horizon) final { horizon_ = std::min(horizon_, horizon); }
    [[nodiscard]] Tick now() const final { return now_; }
    [[nodiscard]] bool idle() const final { return counters_.in_flight() == 0; }
    [[nodiscard]] Counters counters() const final;
    [[nodiscard]] const LatencyStatistics& latency() const final { return latency_; }
    [[nodiscard]] std::span<const std::uint64_t> link_flits() const final { return link_flits_; }
    void observe(Observer* observer) final {
        observer_ = observer;
        hop_observer_ = observer != nullptr && observer->watches_hops() ? observer : nullptr;
    }

protected:
    /// A credit that comes back later than the wheel reaches.
    struct LateCredit {
        Tick at;
        std::uint32_t where;  ///< the engine's own number of an output
        bool operator>(const LateCredit& other) const { return std::tie(at, where) > std::tie(other.at, other.where); }
    };

    /// Does everything that happens at now_; returns the earliest later tick at which routers or links have something
    /// to do.
    virtual Tick simulate() = 0;
    /// The earliest tick >= now_ at which routers or links have something to do.
    [[nodiscard]] virtual Tick next_in_network() const = 0;

    /// Hands a packet that has arrived whole to the sink; returns when its place is free again, >= now_.
    Tick deliver(std::uint32_t number, std::uint32_t endpoint);
    /// Throws a packet away.
    void drop(std::uint32_t number, std::uint32_t router);
    /// Tells those who watch of a grant.
    void note_grant(std::uint32_t router, std::uint32_t output, std::uint32_t number, bool head = true) {
        if (hop_observer_ != nullptr || !link_flits_.empty()) [[unlikely]]
            report_grant(router, output, number, head);
    }
    /// Packet `copy` was made from `original` and has come as far.
    void note_copy(std::uint32_t original, std::uint32_t copy) {
        if (hop_observer_ == nullptr) return;
        const Trip so_far = trip_of(original);
        trip_of(copy) = so_far;
    }
    /// Counts a flit that leaves its source now.
    void note_injection(const SourceFlit& flit);
    const Topology& topology_;
    std::shared_ptr<const RoutingAlgorithm> algorithm_;
    const RoutingAlgorithm& routing_;
    Fabric fabric_;
    Timing timing_;
    Sink& sink_;
    Observer* observer_ = nullptr;
    Observer* hop_observer_ = nullptr;  ///< the same, if it watches hops
    PacketPool pool_;
    Sources sources_;
    std::priority_queue<LateCredit, std::vector<LateCredit>, std::greater<>> late_credits_;
    Tick now_ = 0;
    Counters counters_;
    Pace pace_;  ///< of a head that never waits

private:
    [[nodiscard]] Tick earliest(Tick in_network) const;
    void report_grant(std::uint32_t router, std::uint32_t output, std::uint32_t number, bool head);
    void follow_head(std::uint32_t router, std::uint32_t output, std::uint32_t number);
    void finish_trip(std::uint32_t number, std::uint32_t endpoint, const Packet& packet);
    [[nodiscard]] Trip& trip_of(std::uint32_t number);

    Tick horizon_ = 0;
    std::uint64_t seed_;
    LatencyStatistics latency_;
    std::vector<std::uint64_t> link_flits_;
    std::vector<Trip> trips_;  ///< [packet] while hops are watched
};

}  // namespace spikefab::noc
