// SPDX-License-Identifier: Apache-2.0
// The shift register and the replay of logged draws.
#include "models/draws.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <bit>

namespace spikefab {

ShiftRegister::ShiftRegister(const Params& params) : taps_{params.taps}, state_{params.seed}, top_{params.width - 1} {
    if (params.width < 1 || params.width > 32)
        throw InputError{fmt::format("shift register of {} bits: give a width between 1 and 32", params.width)};
    const std::uint64_t end = std::uint64_t{1} << params.width;
    if (params.seed == 0 || params.seed >= end)
        throw InputError{fmt::format("shift register seed {}: give one between 1 and {}", params.seed, end - 1)};
    if (params.taps == 0 || params.taps >= end)
        throw InputError{fmt::format("shift register taps {:#x} do not fit {} bits", params.taps, params.width)};
}

std::uint32_t ShiftRegister::bits(unsigned count) {
    std::uint32_t result = 0;
    for (unsigned i = 0; i < count; ++i) {
        result |= (state_ & 1U) << i;
        const auto parity = static_cast<std::uint32_t>(std::popcount(state_ & taps_)) & 1U;
        state_ = (state_ >> 1U) | (parity << top_);
    }
    return result;
}

std::int32_t DrawSource::between(std::int32_t lower, std::int32_t upper, Rng& counter) {
    if (replays_) return next_logged();
    const std::uint32_t range = static_cast<std::uint32_t>(upper) - static_cast<std::uint32_t>(lower) + 1U;
    if (register_ == nullptr) return static_cast<std::int32_t>(static_cast<std::uint32_t>(lower) + counter.below(range));
    const auto width = static_cast<unsigned>(std::bit_width(range - 1));
    std::uint32_t draw = register_->bits(width);
    while (draw >= range) draw = register_->bits(width);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(lower) + draw);
}

std::int32_t DrawSource::next_logged() {
    if (used_ == log_.size())
        throw InputError{fmt::format("the log of random draws ends after {} values; the run needs more", used_)};
    return log_[used_++];
}

}  // namespace spikefab
