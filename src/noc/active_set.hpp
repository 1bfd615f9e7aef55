// SPDX-License-Identifier: Apache-2.0
// Which routers have to be visited: a bit each, and a bit per 64 of them, so that sleeping routers cost nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace spikefab::noc {

class ActiveSet final {
public:
    explicit ActiveSet(std::size_t size) : bits_((size + 63) / 64, 0), groups_((bits_.size() + 63) / 64, 0) {}

    void add(std::uint32_t item) {
        bits_[item / 64] |= std::uint64_t{1} << (item % 64);
        groups_[item / 4096] |= std::uint64_t{1} << (item / 64 % 64);
    }
    [[nodiscard]] bool empty() const {
        for (const std::uint64_t group : groups_)
            if (group != 0) return false;
        return true;
    }
    /// Empties the set and calls visit(item) in rising order; what `visit` adds (only its own item) stays for later.
    template <class Visit>
    void drain(Visit&& visit) {
        for (std::uint32_t group = 0; group < groups_.size(); ++group) {
            for (std::uint64_t words = std::exchange(groups_[group], 0); words != 0; words &= words - 1) {
                const std::uint32_t word = group * 64 + static_cast<std::uint32_t>(std::countr_zero(words));
                for (std::uint64_t items = std::exchange(bits_[word], 0); items != 0; items &= items - 1)
                    visit(word * 64 + static_cast<std::uint32_t>(std::countr_zero(items)));
            }
        }
    }

private:
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint64_t> groups_;
};

}  // namespace spikefab::noc
