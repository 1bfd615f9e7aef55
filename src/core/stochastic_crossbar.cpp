// SPDX-License-Identifier: Apache-2.0
// Crossbar rows split into the neurons that get the weight and those that get a draw.
#include "core/stochastic_crossbar.hpp"

#include "base/contract.hpp"
#include "models/fixed_point.hpp"

#include <bit>
#include <cstdlib>

namespace spikefab {
namespace {

class StochasticCrossbar final : public Synapses<std::int32_t> {
public:
    StochasticCrossbar(const BinaryCrossbar& image, const std::vector<std::uint8_t>& stochastic_types)
        : words_{image.words_per_row}, types_{image.axon_types}, rows_{image.rows}, weights_{image.type_weights} {
        expects((stochastic_types.size() + 63) / 64 == words_);
        for (std::size_t type = 0; type < by_chance_.size(); ++type) {
            by_chance_[type].assign(words_, 0);
            for (std::size_t neuron = 0; neuron < stochastic_types.size(); ++neuron)
                by_chance_[type][neuron / 64] |= std::uint64_t{stochastic_types[neuron] >> type & 1U} << (neuron % 64);
        }
    }

    std::uint32_t apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                        Accumulators<std::int32_t>& accumulators) override {
        const std::uint64_t* const row = rows_.data() + std::size_t{axon} * words_;
        const std::int16_t* const weights = weights_[types_[axon]].data();
        const std::vector<std::uint64_t>& by_chance = by_chance_[types_[axon]];
        const std::span<std::int32_t> sums = accumulators.sums(step);
        const std::span<std::uint64_t> due = accumulators.due(step);
        SynapseDraws draws{source_, axon, step};
        std::uint32_t events = 0;
        for (std::uint32_t word = 0; word < words_; ++word) {
            due[word] |= row[word];
            events += static_cast<std::uint32_t>(std::popcount(row[word]));
            for (std::uint64_t bits = row[word] & ~by_chance[word]; bits != 0; bits &= bits - 1) {
                const std::uint32_t neuron = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
                sums[neuron] += weights[neuron] * payload;
            }
            for (std::uint64_t bits = row[word] & by_chance[word]; bits != 0; bits &= bits - 1) {
                const std::uint32_t neuron = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
                const bool acts = std::abs(weights[neuron]) >= static_cast<std::int32_t>(draws.of(neuron));
                sums[neuron] += acts ? sign_of(weights[neuron]) * payload : 0;
            }
        }
        return events;
    }

    void draw_from(const DrawSource& source) override { source_ = source; }
    [[nodiscard]] std::uint32_t longest_delay() const override { return 0; }
    [[nodiscard]] std::size_t axons() const override { return types_.size(); }

private:
    std::uint32_t words_;
    std::vector<std::uint8_t> types_;
    std::vector<std::uint64_t> rows_;
    std::array<std::vector<std::int16_t>, 4> weights_;
    std::array<std::vector<std::uint64_t>, 4> by_chance_;  ///< [type]: bitmap of neurons
    DrawSource source_;
};

}  // namespace

std::unique_ptr<Synapses<std::int32_t>> make_stochastic_crossbar(const BinaryCrossbar& image,
                                                                 const std::vector<std::uint8_t>& stochastic_types) {
    return std::make_unique<StochasticCrossbar>(image, stochastic_types);
}

}  // namespace spikefab
