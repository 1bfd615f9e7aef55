// SPDX-License-Identifier: Apache-2.0
// How Loihi's synaptic memory holds weights: sign modes, bits, the exponent on the sum, and what an axon list costs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spikefab {

enum class SignMode { mixed, excitatory, inhibitory };
constexpr auto enum_names(SignMode) {
    return std::array<std::string_view, 3>{"mixed", "excitatory", "inhibitory"};
}

/// Format of the weights of one projection. Source: lava b6822fb (Dense, SignMode, num_weight_bits), nengo-loihi e564f66
/// builder/discretize.py; every golden network agrees.
struct WeightFormat {
    SignMode sign = SignMode::mixed;
    std::uint32_t bits = 8;     ///< 0..8, as stored; mixed weights spend one on the sign and lose their lowest bit
    std::int32_t exponent = 0;  ///< the sum of weights is shifted left, or right rounding down
};

struct WeightRange {
    std::int32_t lower;
    std::int32_t upper;
};
/// Weights outside are refused, or clipped on request: -256..255 mixed, 0..255 excitatory, -255..0 inhibitory.
[[nodiscard]] WeightRange weight_range(SignMode sign);
/// The weight as stored: clipped to the range, then its low 8 - bits (+ 1 if mixed) bits cleared, down for mixed and
/// excitatory weights, toward zero for inhibitory ones.
[[nodiscard]] std::int32_t stored_weight(std::int32_t weight, const WeightFormat& format);
/// The weights that arrived in one step (with one delay, if there are delays), as the neuron sees them.
[[nodiscard]] std::int32_t scaled_sum(std::int64_t sum, const WeightFormat& format);

/// What one entry of an axon list holds beside the weight.
struct SynapseFormat {
    std::uint32_t weight_bits = 8;
    std::uint32_t delay_bits = 0;
    std::uint32_t tag_bits = 0;
    bool dense = false;                    ///< entries are consecutive neurons: no index is stored
    std::uint32_t entries_per_block = 64;  ///< 1..64
};

/// Bits of an index that tells `span` neurons apart in a sparse list: 0 for one, else 6..12 (Loihi's widths).
/// InputError beyond 4096 neurons.
[[nodiscard]] std::uint32_t index_bits(std::size_t span);

/// Bits of synaptic memory that one axon's list of `entries` synapses takes: blocks of entries with a 10-bit header, each
/// rounded up to whole 64-bit words. A sparse entry carries index_bits(index_span).
/// Source: nengo-loihi e564f66, block.py `bits_per_axon`.
[[nodiscard]] std::uint64_t bits_per_axon_list(std::size_t entries, const SynapseFormat& format, std::size_t index_span);

/// The cheaper of a sparse list and, when the entries' targets span `index_span` neurons, a dense one with zeros filled in.
struct AxonListCost {
    bool dense;
    std::uint64_t bits;
};
[[nodiscard]] AxonListCost cheapest_axon_list(std::size_t entries, SynapseFormat format, std::size_t index_span);

}  // namespace spikefab
