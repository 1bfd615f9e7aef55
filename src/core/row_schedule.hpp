// SPDX-License-Identifier: Apache-2.0
// How many spikes every axon gets in each coming step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

class RowSchedule final {
public:
    RowSchedule(std::size_t axons, std::size_t slots) : axons_{axons}, count_(axons * slots, 0), touched_(slots) {}

    void add(std::uint32_t axon, std::int32_t payload, std::uint64_t step) {
        std::int32_t& count = row(step)[axon];
        if (count == 0) touched(step).push_back(axon);
        count += payload;
    }
    [[nodiscard]] std::span<std::int32_t> row(std::uint64_t step) {
        return {count_.data() + (step % touched_.size()) * axons_, axons_};
    }
    /// The axons whose count in `step` is not 0, rising.
    [[nodiscard]] const std::vector<std::uint32_t>& settle(std::uint64_t step) {
        std::vector<std::uint32_t>& axons = touched(step);
        std::sort(axons.begin(), axons.end());
        axons.erase(std::unique(axons.begin(), axons.end()), axons.end());
        std::erase_if(axons, [counts = row(step)](std::uint32_t axon) { return counts[axon] == 0; });
        return axons;
    }
    void clear(std::uint64_t step) {
        for (const std::uint32_t axon : touched(step)) row(step)[axon] = 0;
        touched(step).clear();
    }
    void clear() {
        std::fill(count_.begin(), count_.end(), 0);
        for (auto& list : touched_) list.clear();
    }

private:
    [[nodiscard]] std::vector<std::uint32_t>& touched(std::uint64_t step) { return touched_[step % touched_.size()]; }

    std::size_t axons_;
    std::vector<std::int32_t> count_;
    std::vector<std::vector<std::uint32_t>> touched_;
};

}  // namespace spikefab
