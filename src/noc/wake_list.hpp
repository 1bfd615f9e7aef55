// SPDX-License-Identifier: Apache-2.0
// When each source has to be looked at next: near times in slots of linked items, far ones in a heap.
#pragma once

#include "noc/packet.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

namespace spikefab::noc {

/// Every item is scheduled at most once at a time. `advance` must be called with every tick that `next` names.
class WakeList final {
public:
    explicit WakeList(std::size_t items) : after_(items, none) { first_.fill(none); }

    /// `at` >= the last tick advanced to.
    void schedule(std::uint32_t item, Tick at) {
        next_ = std::min(next_, at);
        if (at - now_ < slots)
            link(item, at);
        else
            far_.emplace(at, item);
    }

    /// The earliest tick at which an item is scheduled; `never` when there is none.
    [[nodiscard]] Tick next() const { return next_; }

    /// Moves to `tick` and calls `visit(item)` for each item scheduled there; no item may be scheduled before `tick`.
    /// `visit` may schedule items after `tick`.
    template <class Visit>
    void advance(Tick tick, Visit&& visit) {
        now_ = tick;
        next_ = never;
        while (!far_.empty() && std::get<0>(far_.top()) - now_ < slots) {
            link(std::get<1>(far_.top()), std::get<0>(far_.top()));
            far_.pop();
        }
        std::uint32_t item = std::exchange(first_[tick % slots], none);
        occupied_[tick % slots / 64] &= ~(std::uint64_t{1} << (tick % 64));
        while (item != none) visit(std::exchange(item, after_[item]));
        next_ = std::min(next_, earliest());
    }

private:
    static constexpr Tick slots = 1024;
    static constexpr std::size_t words = slots / 64;

    void link(std::uint32_t item, Tick at) {
        const auto slot = static_cast<std::size_t>(at % slots);
        after_[item] = first_[slot];
        first_[slot] = item;
        occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    }

    [[nodiscard]] Tick earliest() const {
        const auto start = static_cast<std::size_t>(now_ % slots);
        std::uint64_t word = occupied_[start / 64] & (~std::uint64_t{0} << (start % 64));
        for (std::size_t step = 0, index = start / 64; step <= words; ++step) {
            if (word != 0) {
                const std::size_t slot = index * 64 + static_cast<std::size_t>(std::countr_zero(word));
                return now_ + (slot + slots - start) % slots;
            }
            index = (index + 1) % words;
            word = occupied_[index];
        }
        return far_.empty() ? never : std::get<0>(far_.top());
    }

    using Far = std::tuple<Tick, std::uint32_t>;

    Tick now_ = 0;
    Tick next_ = never;
    std::array<std::uint32_t, slots> first_{};  ///< first item of each slot
    std::array<std::uint64_t, words> occupied_{};
    std::vector<std::uint32_t> after_;  ///< the item after this one in its slot
    std::priority_queue<Far, std::vector<Far>, std::greater<>> far_;
};

}  // namespace spikefab::noc
