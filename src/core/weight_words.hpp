// SPDX-License-Identifier: Apache-2.0
// Synaptic memory of an event-driven core: a weight for every source and neuron, some of them to a word.
#pragma once

#include "plan/chip_description.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

class WeightWords final {
public:
    /// `slots`: neurons that a row of the memory holds, used or not.
    WeightWords(const WeightMatrix& image, const SynapseMemory& memory, const EventController& controller, std::uint32_t slots);

    [[nodiscard]] std::uint32_t sources() const { return sources_; }
    /// Synapses that share a word.
    [[nodiscard]] std::uint32_t per_word() const { return per_word_; }
    [[nodiscard]] std::uint32_t bits_per_synapse() const { return bits_per_synapse_; }
    [[nodiscard]] std::uint32_t words_per_source() const { return words_per_source_; }
    /// What a spike of `source` adds to the neurons from `first` on; zeros for a source that the memory does not have.
    void read(std::uint32_t source, std::size_t first, std::span<std::int32_t> input) const;

    /// A spike of `source` moves its weights on the neurons [first, last), as `directions` says per neuron of the core.
    /// Words that changed are appended to `changed`. Returns the synapses visited.
    std::uint32_t learn(std::uint32_t source, std::uint32_t first, std::uint32_t last, std::span<const std::int8_t> directions,
                        std::vector<std::uint32_t>& changed);
    /// The weights of `source` drift to the nearer end of their range.
    std::uint32_t drift(std::uint32_t source, std::vector<std::uint32_t>& changed);

    /// A word as the memory stores it: its first synapse in the lowest bits, the mapping bit above the weight.
    [[nodiscard]] std::uint64_t word(std::uint32_t index) const;
    [[nodiscard]] std::int32_t weight(std::uint32_t source, std::uint32_t neuron) const {
        return weights_[std::size_t{source} * neurons_ + neuron];
    }

private:
    template <class Move>
    std::uint32_t move_weights(std::uint32_t source, std::uint32_t first, std::uint32_t last,
                               std::vector<std::uint32_t>& changed, Move move);

    std::uint32_t neurons_;
    std::uint32_t sources_;
    std::uint32_t weight_bits_;
    std::uint32_t bits_per_synapse_;
    std::uint32_t per_word_;
    std::uint32_t words_per_source_;
    bool mapping_bit_;
    bool unmapped_act_;
    bool unmapped_learn_;
    std::vector<std::int16_t> weights_;  ///< [source][neuron]
    std::vector<std::uint8_t> mapped_;   ///< [source][neuron]
    std::vector<std::int32_t> sign_;     ///< per source, 1 or -1
};

}  // namespace spikefab
