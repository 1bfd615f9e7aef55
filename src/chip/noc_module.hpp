// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of the NoC: one process for all routers of all planes. It sleeps while nothing is in flight and runs
// ahead, up to the next thing that anybody else has planned, when something is.
#pragma once

#include "base/picoseconds.hpp"
#include "chip/failure_box.hpp"
#include "noc/engine.hpp"
#include "noc/packet_log.hpp"
#include "noc/wire_use.hpp"
#include "observe/run_observer.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <systemc>

#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace spikefab {

/// What sits at the NoC's endpoints. Times are picoseconds since the start.
class NocClient {
public:
    virtual ~NocClient() = default;
    /// A packet from `source` arrives. Returns when its place in the input queue is free again (>= now).
    virtual Picoseconds arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) = 0;
    /// The oldest packet that this client sent has entered the network.
    virtual void departed(Picoseconds now) = 0;
};

class NocModule final : public sc_core::sc_module, private noc::Sink, private noc::Observer {
public:
    SC_HAS_PROCESS(NocModule);
    /// `groups` are those that destinations name by their place in the list; they must outlive the module.
    NocModule(const sc_core::sc_module_name& name, const ChipPlan& plan, std::span<const MulticastGroup> groups,
              FailureBox& failure);

    /// Reports every event from now on.
    void watch(CycleObserver* watcher);
    /// Tells `packet_log` of every packet from now on; after `watch`.
    void log_packets(noc::PacketLog& packet_log);
    /// An arrival leads to no new packet sooner than `time` later: how far the NoC may run ahead of it. Default: what arrives
    /// leads to packets that somebody has planned already.
    void answer_after(Picoseconds time) { answer_after_ = time; }
    void attach(EndpointId endpoint, NocClient& client) { clients_[endpoint.value()] = &client; }
    /// A packet to a core, to every member of a multicast group, or to where the host takes answers. It may leave at
    /// `not_before`; times of one endpoint must not decrease.
    void send(EndpointId from, const Destination& to, std::uint64_t data, Picoseconds not_before);
    /// Fires when a run has ended with nothing in flight; `last_activity` says when that was.
    [[nodiscard]] const sc_core::sc_event& drained() const { return drained_; }
    /// Asks for a run, and for `drained` even when nothing was sent.
    void start() { wake_.notify(sc_core::SC_ZERO_TIME); }
    [[nodiscard]] Picoseconds last_activity() const { return last_activity_; }
    [[nodiscard]] bool idle() const;
    /// Counts of all planes.
    [[nodiscard]] noc::Counters counters() const;
    /// Bits times micrometres of wire on all planes; 0 when the NoC has no tile pitch.
    [[nodiscard]] std::uint64_t bit_micrometres() const;

private:
    void run();
    void inject(noc::Packet packet, Picoseconds not_before);
    [[nodiscard]] Picoseconds horizon() const;
    void run_planes(Picoseconds horizon);

    noc::Tick accept(std::uint32_t endpoint, const noc::Packet& packet, noc::Tick now) override;
    [[nodiscard]] bool watches_hops() const override { return watcher_ != nullptr; }
    void injected(std::uint32_t endpoint, const noc::Packet& packet, noc::Tick now) override;
    void hop(std::uint32_t router, std::uint32_t port, const noc::Packet& packet, noc::Tick now) override;
    void stalled(std::uint32_t router, std::uint32_t port, const noc::Packet& packet, noc::Tick first, noc::Tick last) override;

    [[nodiscard]] noc::Tick to_tick(Picoseconds time) const { return static_cast<noc::Tick>((time + tick_ - 1) / tick_); }
    [[nodiscard]] Picoseconds to_time(noc::Tick tick) const { return static_cast<Picoseconds>(tick) * tick_; }

    FailureBox& failure_;
    CycleObserver* watcher_ = nullptr;
    Picoseconds tick_;
    std::uint32_t packet_flits_;
    EndpointId answers_;
    std::span<const MulticastGroup> groups_;
    noc::WireUse wires_;
    std::vector<std::unique_ptr<noc::Engine>> planes_;
    std::vector<std::unique_ptr<noc::PlaneWatch>> logging_;  ///< per plane, when packets are logged
    std::vector<std::uint8_t> next_plane_;                   ///< per endpoint
    std::vector<NocClient*> clients_;                        ///< per endpoint
    Picoseconds answer_after_ = std::numeric_limits<Picoseconds>::max();
    Picoseconds last_activity_ = 0;
    sc_core::sc_event wake_;
    sc_core::sc_event drained_;
};

}  // namespace spikefab
