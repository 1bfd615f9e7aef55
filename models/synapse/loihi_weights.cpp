// SPDX-License-Identifier: Apache-2.0
// Loihi's weight arithmetic and storage, as pure functions.
#include "models/synapse/loihi_weights.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

constexpr std::uint64_t word_bits = 64;
constexpr std::uint32_t header_bits = 10;  // nengo-loihi: 4 bits of synapse format index + 6 bits of entry count
constexpr std::uint32_t index_bits_least = 6;
constexpr std::uint32_t index_bits_most = 12;

[[nodiscard]] std::int32_t cleared_down(std::int32_t weight, std::uint32_t low_bits) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(weight >> low_bits) << low_bits);
}

}  // namespace

WeightRange weight_range(SignMode sign) {
    switch (sign) {
        case SignMode::excitatory:
            return {0, 255};
        case SignMode::inhibitory:
            return {-255, 0};
        case SignMode::mixed:
            break;
    }
    return {-256, 255};
}

std::int32_t stored_weight(std::int32_t weight, const WeightFormat& format) {
    expects(format.bits <= 8);
    const WeightRange range = weight_range(format.sign);
    const std::int32_t clipped = std::clamp(weight, range.lower, range.upper);
    const std::uint32_t low_bits = 8 - format.bits + (format.sign == SignMode::mixed ? 1U : 0U);
    return format.sign == SignMode::inhibitory ? -cleared_down(-clipped, low_bits) : cleared_down(clipped, low_bits);
}

std::int32_t scaled_sum(std::int64_t sum, const WeightFormat& format) {
    const std::int64_t scaled = format.exponent > 0 ? sum * (std::int64_t{1} << format.exponent) : sum >> -format.exponent;
    return static_cast<std::int32_t>(scaled);
}

std::uint32_t index_bits(std::size_t span) {
    if (span <= 1) return 0;
    const auto needed = static_cast<std::uint32_t>(std::bit_width(span - 1));
    if (needed > index_bits_most)
        throw InputError{fmt::format("an axon list over {} neurons: an index tells at most {} apart; split the population",
                                     span, 1U << index_bits_most)};
    return std::max(needed, index_bits_least);
}

std::uint64_t bits_per_axon_list(std::size_t entries, const SynapseFormat& format, std::size_t index_span) {
    expects(format.entries_per_block > 0);
    const std::uint64_t index = format.dense ? 0 : index_bits(index_span);
    const std::uint64_t entry_bits = format.weight_bits + format.delay_bits + format.tag_bits + index;
    const auto block_bits = [&](std::uint64_t in_block) {
        return (in_block * entry_bits + header_bits + word_bits - 1) / word_bits * word_bits;
    };
    const std::uint64_t full_blocks = entries / format.entries_per_block;
    const std::uint64_t rest = entries % format.entries_per_block;
    return full_blocks * block_bits(format.entries_per_block) + (rest == 0 ? 0 : block_bits(rest));
}

AxonListCost cheapest_axon_list(std::size_t entries, SynapseFormat format, std::size_t index_span) {
    format.dense = true;
    const std::uint64_t dense = bits_per_axon_list(index_span, format, index_span);
    if (index_span > std::size_t{1} << index_bits_most) return {.dense = true, .bits = dense};
    format.dense = false;
    const std::uint64_t sparse = bits_per_axon_list(entries, format, index_span);
    return dense <= sparse ? AxonListCost{.dense = true, .bits = dense} : AxonListCost{.dense = false, .bits = sparse};
}

}  // namespace spikefab
