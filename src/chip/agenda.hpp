// SPDX-License-Identifier: Apache-2.0
// Which cores have something to do in which coming step. Nobody polls: a spike or an awake neuron writes its core in.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace spikefab {

class Agenda final {
public:
    /// `horizon`: steps ahead that an entry may lie.
    Agenda(std::size_t cores, std::size_t horizon)
        : words_{(cores + 63) / 64}, slots_{horizon + 1}, bits_(words_ * slots_, 0) {}

    /// The step that has begun, for those who are not told of every step.
    [[nodiscard]] std::uint64_t current_step() const { return current_; }

    void mark(std::size_t core, std::uint64_t step) { row(step)[core / 64] |= std::uint64_t{1} << (core % 64); }

    /// Calls `visit` with every core written in for `step`, rising, and clears the entry.
    template <class Visit>
    void take(std::uint64_t step, Visit visit) {
        current_ = step;
        std::uint64_t* const words = row(step);
        for (std::size_t word = 0; word < words_; ++word) {
            for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1)
                visit(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
            words[word] = 0;
        }
    }
    void clear() { std::fill(bits_.begin(), bits_.end(), 0); }

private:
    [[nodiscard]] std::uint64_t* row(std::uint64_t step) { return bits_.data() + (step % slots_) * words_; }

    std::size_t words_;
    std::size_t slots_;
    std::vector<std::uint64_t> bits_;
    std::uint64_t current_ = 0;
};

}  // namespace spikefab
