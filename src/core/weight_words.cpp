// SPDX-License-Identifier: Apache-2.0
// Reading rows, moving weights by SDSP.
#include "core/weight_words.hpp"

#include "models/plasticity/sdsp.hpp"

#include <algorithm>

namespace spikefab {

WeightWords::WeightWords(const WeightMatrix& image, const SynapseMemory& memory, const EventController& controller,
                         std::uint32_t slots)
    : neurons_{image.neurons},
      sources_{static_cast<std::uint32_t>(image.sources())},
      weight_bits_{memory.weight_bits},
      bits_per_synapse_{memory.weight_bits + (memory.mapping_bit ? 1U : 0U)},
      per_word_{static_cast<std::uint32_t>(memory.word.value()) / bits_per_synapse_},
      words_per_source_{(slots + per_word_ - 1) / per_word_},
      mapping_bit_{memory.mapping_bit},
      unmapped_act_{controller.unmapped_synapses_act || !memory.mapping_bit},
      unmapped_learn_{controller.plasticity.unmapped_synapses || !memory.mapping_bit},
      weights_{image.weights},
      mapped_{image.mapped},
      sign_(sources_, 1) {
    if (mapped_.empty()) mapped_.assign(weights_.size(), 1);
    for (std::size_t source = 0; source < image.inhibitory.size(); ++source)
        if (image.inhibitory[source] != 0) sign_[source] = -1;
}

void WeightWords::read(std::uint32_t source, std::size_t first, std::span<std::int32_t> input) const {
    if (source >= sources_) {
        std::fill(input.begin(), input.end(), 0);
        return;
    }
    const std::size_t row = std::size_t{source} * neurons_ + first;
    for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = unmapped_act_ || mapped_[row + i] != 0 ? sign_[source] * weights_[row + i] : 0;
}

template <class Move>
std::uint32_t WeightWords::move_weights(std::uint32_t source, std::uint32_t first, std::uint32_t last,
                                        std::vector<std::uint32_t>& changed, Move move) {
    if (source >= sources_) return 0;
    const std::int32_t highest = (1 << weight_bits_) - 1;
    const std::size_t row = std::size_t{source} * neurons_;
    std::uint32_t visited = 0;
    for (std::uint32_t neuron = first; neuron < std::min(last, neurons_); ++neuron) {
        if (!unmapped_learn_ && mapped_[row + neuron] == 0) continue;
        ++visited;
        const std::int32_t before = weights_[row + neuron];
        const std::int32_t after = move(neuron, before, highest);
        if (after == before) continue;
        weights_[row + neuron] = static_cast<std::int16_t>(after);
        const std::uint32_t word = source * words_per_source_ + neuron / per_word_;
        if (changed.empty() || changed.back() != word) changed.push_back(word);
    }
    return visited;
}

std::uint32_t WeightWords::learn(std::uint32_t source, std::uint32_t first, std::uint32_t last,
                                 std::span<const std::int8_t> directions, std::vector<std::uint32_t>& changed) {
    return move_weights(source, first, last, changed, [&](std::uint32_t neuron, std::int32_t weight, std::int32_t highest) {
        return sdsp_step(weight, directions[neuron], highest);
    });
}

std::uint32_t WeightWords::drift(std::uint32_t source, std::vector<std::uint32_t>& changed) {
    return move_weights(source, 0, neurons_, changed, [](std::uint32_t /*neuron*/, std::int32_t weight, std::int32_t highest) {
        return sdsp_drift(weight, highest);
    });
}

std::uint64_t WeightWords::word(std::uint32_t index) const {
    const std::uint32_t source = index / words_per_source_;
    const std::uint32_t first = index % words_per_source_ * per_word_;
    const std::uint64_t mask = (std::uint64_t{1} << weight_bits_) - 1;
    std::uint64_t value = 0;
    for (std::uint32_t i = 0; i < per_word_ && first + i < neurons_; ++i) {
        const std::size_t at = std::size_t{source} * neurons_ + first + i;
        std::uint64_t synapse = static_cast<std::uint64_t>(weights_[at]) & mask;
        if (mapping_bit_) synapse |= std::uint64_t{mapped_[at]} << weight_bits_;
        value |= synapse << (i * bits_per_synapse_);
    }
    return value;
}

}  // namespace spikefab
