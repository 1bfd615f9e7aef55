// SPDX-License-Identifier: Apache-2.0
// Who wants to know what became of every packet of a NoC, plane by plane, and the observer of a plane that tells it.
#pragma once

#include "noc/packet.hpp"

#include <cstdint>

namespace spikefab::noc {

/// All hooks are empty. Times are engine ticks.
class PacketLog {
public:
    virtual ~PacketLog() = default;
    /// A packet, or one copy of a multicast packet, has arrived whole at `endpoint`.
    virtual void arrived(std::uint32_t /*plane*/, std::uint32_t /*endpoint*/, const Packet& /*packet*/, const Trip& /*trip*/,
                         Tick /*now*/) {}
    virtual void dropped(std::uint32_t /*plane*/, std::uint32_t /*router*/, const Packet& /*packet*/, Tick /*now*/) {}
    /// A flit leaves `router` by `port`.
    virtual void crossed(std::uint32_t /*plane*/, std::uint32_t /*router*/, std::uint32_t /*port*/) {}
    /// A head waited `ticks` for that port.
    virtual void waited(std::uint32_t /*plane*/, std::uint32_t /*router*/, std::uint32_t /*port*/, Tick /*ticks*/) {}
};

/// Tells a log what happens on one plane, and passes the rest on to another observer if there is one.
class PlaneWatch final : public Observer {
public:
    PlaneWatch(std::uint32_t plane, PacketLog& log, Observer* next = nullptr) : plane_{plane}, log_{log}, next_{next} {}

    void injected(std::uint32_t endpoint, const Packet& packet, Tick now) override {
        if (next_ != nullptr) next_->injected(endpoint, packet, now);
    }
    void hop(std::uint32_t router, std::uint32_t port, const Packet& packet, Tick now) override {
        log_.crossed(plane_, router, port);
        if (next_ != nullptr) next_->hop(router, port, packet, now);
    }
    void delivered(std::uint32_t endpoint, const Packet& packet, Tick now) override {
        if (next_ != nullptr) next_->delivered(endpoint, packet, now);
    }
    void arrived(std::uint32_t endpoint, const Packet& packet, const Trip& trip, Tick now) override {
        log_.arrived(plane_, endpoint, packet, trip, now);
        if (next_ != nullptr) next_->arrived(endpoint, packet, trip, now);
    }
    void waited(std::uint32_t router, std::uint32_t port, const Packet& packet, Tick ticks) override {
        log_.waited(plane_, router, port, ticks);
        if (next_ != nullptr) next_->waited(router, port, packet, ticks);
    }
    void stalled(std::uint32_t router, std::uint32_t port, const Packet& packet, Tick first, Tick last) override {
        if (next_ != nullptr) next_->stalled(router, port, packet, first, last);
    }
    void dropped(std::uint32_t router, const Packet& packet, Tick now) override {
        log_.dropped(plane_, router, packet, now);
        if (next_ != nullptr) next_->dropped(router, packet, now);
    }

private:
    std::uint32_t plane_;
    PacketLog& log_;
    Observer* next_;
};

}  // namespace spikefab::noc
