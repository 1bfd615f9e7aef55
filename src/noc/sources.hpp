// SPDX-License-Identifier: Apache-2.0
// The packets in flight and the queues they leave from: one unbounded queue per endpoint, its credits for the first
// router's buffers, and when it has to be looked at next.
#pragma once

#include "models/routing/routing.hpp"
#include "noc/packet.hpp"
#include "noc/wake_list.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikefab::noc {

/// Packets by number: routers move 8-byte flits that name a packet here.
class PacketPool final {
public:
    struct Entry {
        Packet packet;
        Header header;              ///< what routers read; some algorithms rewrite it from hop to hop
        std::uint32_t next = none;  ///< the packet behind this one in its source queue, or the next free entry
    };

    [[nodiscard]] std::uint32_t add(const Packet& packet, const Header& header) {
        if (free_ == none) {
            entries_.push_back({packet, header, none});
            return static_cast<std::uint32_t>(entries_.size() - 1);
        }
        const std::uint32_t number = free_;
        free_ = entries_[number].next;
        entries_[number] = {packet, header, none};
        return number;
    }
    void remove(std::uint32_t number) {
        entries_[number].next = free_;
        free_ = number;
    }
    /// Brings an entry that will soon be needed into the cache.
    void fetch(std::uint32_t number) const { __builtin_prefetch(&entries_[number]); }
    [[nodiscard]] Entry& operator[](std::uint32_t number) { return entries_[number]; }
    [[nodiscard]] const Entry& operator[](std::uint32_t number) const { return entries_[number]; }

private:
    std::vector<Entry> entries_;
    std::uint32_t free_ = none;
};

/// A flit that leaves its source.
struct SourceFlit {
    std::uint32_t endpoint;
    std::uint32_t packet;
    std::uint32_t vc;
    bool head;
    bool tail;
};

class Sources final {
public:
    Sources(PacketPool& pool, std::uint32_t endpoints, std::uint32_t vcs, std::uint32_t buffer_depth, std::uint32_t occupancy)
        : pool_{pool},
          vcs_{vcs},
          occupancy_{occupancy},
          queues_(endpoints),
          credits_(std::size_t{endpoints} * vcs, buffer_depth),
          wakes_{endpoints} {
        for (Queue& queue : queues_) queue.open = static_cast<std::uint16_t>((1U << vcs) - 1U);
    }

    /// Puts a packet at the end of its source's queue; it may leave at its `created` or later.
    void add(std::uint32_t endpoint, std::uint32_t packet) {
        Queue& queue = queues_[endpoint];
        if (queue.size++ == 0)
            queue.head = packet;
        else
            pool_[queue.tail].next = packet;
        queue.tail = packet;
        if (queue.size == 1 && !queue.scheduled) schedule_next(endpoint, queue);
    }

    /// A place of channel `vc` in the router's buffer is free again.
    void credit(std::uint32_t endpoint, std::uint32_t vc, Tick now) {
        Queue& queue = queues_[endpoint];
        ++credits_[std::size_t{endpoint} * vcs_ + vc];
        queue.open = static_cast<std::uint16_t>(queue.open | 1U << vc);
        if (queue.scheduled || queue.size == 0) return;
        queue.scheduled = true;
        wakes_.schedule(endpoint, now);
    }

    /// How many packets this source has been given before: a name for the next one's random bits.
    [[nodiscard]] std::uint32_t next_sequence(std::uint32_t endpoint) { return queues_[endpoint].sequence++; }
    [[nodiscard]] Tick next() const { return wakes_.next(); }
    [[nodiscard]] std::size_t queued(std::uint32_t endpoint) const { return queues_[endpoint].size; }

    /// Lets every source that is due at `now` send one flit: send(SourceFlit). Sends nothing where no credit is left.
    template <class Send>
    void send_due(Tick now, Send&& send) {
        wakes_.advance(now, [&](std::uint32_t endpoint) {
            Queue& queue = queues_[endpoint];
            // Whoever is told of the departure may queue the next packet here: `scheduled` stays set until that is done.
            if (ready(endpoint, queue) && earliest(queue) <= now) send(take_flit(endpoint, queue, now));
            queue.scheduled = false;
            schedule_next(endpoint, queue);
        });
    }

private:
    struct Queue {
        std::uint32_t head = none;
        std::uint32_t tail = none;
        std::uint32_t size = 0;  ///< packets, the one partly sent included
        std::uint16_t open = 0;  ///< channels with credits
        std::uint8_t vc = 0;     ///< channel of the current or last packet
        bool scheduled = false;
        std::uint32_t sent = 0;  ///< flits of the first packet already sent
        std::uint32_t sequence = 0;
        Tick free_at = 0;  ///< when the next flit may leave
    };

    [[nodiscard]] bool ready(std::uint32_t endpoint, const Queue& queue) const {
        if (queue.size == 0) return false;
        return queue.sent == 0 ? queue.open != 0 : credits_[std::size_t{endpoint} * vcs_ + queue.vc] != 0;
    }
    [[nodiscard]] Tick earliest(const Queue& queue) const { return std::max(pool_[queue.head].packet.created, queue.free_at); }

    void schedule_next(std::uint32_t endpoint, Queue& queue) {
        if (!ready(endpoint, queue)) return;
        queue.scheduled = true;
        wakes_.schedule(endpoint, earliest(queue));
    }

    SourceFlit take_flit(std::uint32_t endpoint, Queue& queue, Tick now) {
        const bool head = queue.sent == 0;
        if (head) queue.vc = next_vc(queue);
        SourceFlit flit{endpoint, queue.head, queue.vc, head, false};
        if (--credits_[std::size_t{endpoint} * vcs_ + queue.vc] == 0)
            queue.open = static_cast<std::uint16_t>(queue.open & ~(1U << queue.vc));
        queue.free_at = now + occupancy_;
        const PacketPool::Entry& entry = pool_[queue.head];
        if (++queue.sent == entry.packet.flits) {
            flit.tail = true;
            queue.sent = 0;
            queue.head = entry.next;
            --queue.size;
        }
        return flit;
    }

    /// The first channel with a credit after the last one used.
    [[nodiscard]] static std::uint8_t next_vc(const Queue& queue) {
        const unsigned later = unsigned{queue.open} >> (queue.vc + 1U) << (queue.vc + 1U);
        return static_cast<std::uint8_t>(std::countr_zero(later != 0 ? later : unsigned{queue.open}));
    }

    PacketPool& pool_;
    std::uint32_t vcs_;
    std::uint32_t occupancy_;
    std::vector<Queue> queues_;
    std::vector<std::uint32_t> credits_;  ///< [endpoint * vcs + vc]
    WakeList wakes_;
};

}  // namespace spikefab::noc
