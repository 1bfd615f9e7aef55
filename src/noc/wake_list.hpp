// SPDX-License-Identifier: Apache-2.0
// When each source has to be looked at next: near times in slots of linked endpoints, far ones in a heap.
#pragma once

#include "noc/packet.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

namespace spikefab::noc {

/// Every item is scheduled at most once at a time. `advance` must be called with every tick that `next` names.
class WakeList final {
public:
    explicit WakeList(std::size_t items) : next_(items, none) { slot_.fill(none); }

    /// `at` >= the last tick advanced to.
    void schedule(std::uint32_t item, Tick at) {
        if (at - now_ < slots)
            link(item, at);
        else
            far_.emplace(at, item);
    }

    /// The earliest tick >= the last one advanced to at which an item is scheduled; `never` when there is none.
    [[nodiscard]] Tick next() const {
        const Tick near = next_near();
        return near != never || far_.empty() ? near : std::get<0>(far_.top());
    }

    /// Moves to `tick` and calls `visit(item)` for each item scheduled there; no item may be scheduled before `tick`.
    /// `visit` may schedule items after `tick`.
    template <class Visit>
    void advance(Tick tick, Visit&& visit) {
        now_ = tick;
        while (!far_.empty() && std::get<0>(far_.top()) - now_ < slots) {
            const auto [at, item] = far_.top();
            far_.pop();
            link(item, at);
        }
        std::uint32_t item = std::exchange(slot_[tick % slots], none);
        occupied_[(tick % slots) / 64] &= ~(std::uint64_t{1} << (tick % 64));
        while (item != none) {
            const std::uint32_t following = next_[item];
            visit(item);
            item = following;
        }
    }

private:
    static constexpr Tick slots = 1024;
    static constexpr std::size_t words = slots / 64;

    void link(std::uint32_t item, Tick at) {
        const auto slot = static_cast<std::size_t>(at % slots);
        next_[item] = slot_[slot];
        slot_[slot] = item;
        occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    }

    [[nodiscard]] Tick next_near() const {
        const auto start = static_cast<std::size_t>(now_ % slots);
        std::uint64_t word = occupied_[start / 64] & (~std::uint64_t{0} << (start % 64));
        for (std::size_t step = 0; step <= words; ++step) {
            const std::size_t index = (start / 64 + step) % words;
            if (word != 0) {
                const std::size_t slot = index * 64 + static_cast<std::size_t>(std::countr_zero(word));
                return now_ + (slot + slots - start) % slots;
            }
            word = occupied_[(index + 1) % words];
        }
        return never;
    }

    Tick now_ = 0;
    std::array<std::uint32_t, slots> slot_{};  ///< first item of each slot
    std::array<std::uint64_t, words> occupied_{};
    std::vector<std::uint32_t> next_;  ///< the item after this one in its slot
    std::priority_queue<std::tuple<Tick, std::uint32_t>, std::vector<std::tuple<Tick, std::uint32_t>>, std::greater<>> far_;
};

}  // namespace spikefab::noc
