// SPDX-License-Identifier: Apache-2.0
// A ring of buckets, one per tick, with a bit per bucket so that empty ticks cost nothing.
#pragma once

#include "base/contract.hpp"
#include "noc/packet.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikefab::noc {

/// `Bucket` holds the events of one tick; the wheel reaches `reach` ticks ahead of the current one.
template <class Bucket>
class TimeWheel final {
public:
    explicit TimeWheel(std::uint32_t reach)
        : mask_{std::bit_ceil(std::uint64_t{reach} + 1) - 1}, buckets_(mask_ + 1), occupied_((mask_ + 64) / 64, 0) {}

    /// The bucket of `now` + `delay`, which the caller will put an event into; 0 < delay <= reach.
    [[nodiscard]] Bucket& at(Tick now, std::uint32_t delay) {
        const std::uint64_t slot = (now + delay) & mask_;
        occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
        return buckets_[slot];
    }
    /// The bucket of tick `at`; the caller must `mark` that tick if it puts an event into it.
    [[nodiscard]] Bucket& peek(Tick at) { return buckets_[at & mask_]; }
    void mark(Tick at) { occupied_[(at & mask_) / 64] |= std::uint64_t{1} << ((at & mask_) % 64); }
    [[nodiscard]] bool reaches(Tick delay) const { return delay <= mask_; }

    /// The bucket of `now`, to be emptied by the caller.
    [[nodiscard]] Bucket& open(Tick now) {
        const std::uint64_t slot = now & mask_;
        occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
        return buckets_[slot];
    }

    /// The first tick >= `now` with an event; `never` when there is none.
    [[nodiscard]] Tick next(Tick now) const {
        const std::uint64_t start = now & mask_;
        const std::size_t words = occupied_.size();
        std::uint64_t word = occupied_[start / 64] & (~std::uint64_t{0} << (start % 64));
        for (std::size_t step = 0, index = start / 64; step <= words; ++step) {
            if (word != 0) {
                const std::uint64_t slot = index * 64 + static_cast<std::uint64_t>(std::countr_zero(word));
                return now + ((slot - start) & mask_);
            }
            index = index + 1 == words ? 0 : index + 1;
            word = occupied_[index];
        }
        return never;
    }

private:
    std::uint64_t mask_;
    std::vector<Bucket> buckets_;
    std::vector<std::uint64_t> occupied_;
};

}  // namespace spikefab::noc
