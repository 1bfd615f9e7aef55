// SPDX-License-Identifier: Apache-2.0
// The packets in flight, by number: routers move 8-byte flits that name a packet here.
#pragma once

#include "noc/packet.hpp"

#include <cstdint>
#include <vector>

namespace spikefab::noc {

class PacketPool final {
public:
    struct Entry {
        Packet packet;
        std::uint32_t next = none;  ///< the packet behind this one in its source queue, or the next free entry
    };

    [[nodiscard]] std::uint32_t add(const Packet& packet) {
        if (free_ == none) {
            entries_.push_back({packet, none});
            return static_cast<std::uint32_t>(entries_.size() - 1);
        }
        const std::uint32_t number = free_;
        free_ = entries_[number].next;
        entries_[number] = {packet, none};
        return number;
    }
    void remove(std::uint32_t number) {
        entries_[number].next = free_;
        free_ = number;
    }
    [[nodiscard]] Entry& operator[](std::uint32_t number) { return entries_[number]; }
    [[nodiscard]] const Entry& operator[](std::uint32_t number) const { return entries_[number]; }

private:
    std::vector<Entry> entries_;
    std::uint32_t free_ = none;
};

/// The unbounded queue of one source, threaded through the pool.
struct SourceQueue {
    std::uint32_t head = none;
    std::uint32_t tail = none;
    std::uint32_t size = 0;
    std::uint32_t credits = 0;  ///< free places in the router's buffer
    Tick free_at = 0;           ///< when the source may send its next flit
    bool scheduled = false;

    void push(PacketPool& pool, std::uint32_t number) {
        if (head == none)
            head = number;
        else
            pool[tail].next = number;
        tail = number;
        ++size;
    }
    std::uint32_t pop(PacketPool& pool) {
        const std::uint32_t number = head;
        head = pool[number].next;
        --size;
        return number;
    }
};

}  // namespace spikefab::noc
