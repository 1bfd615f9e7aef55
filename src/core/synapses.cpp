// SPDX-License-Identifier: Apache-2.0
// The two synapse formats: lists of weights per axon, and one-bit crossbars with weights by axon type.
#include "core/synapses.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"
#include "core/grouped_synapses.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace spikefab {
namespace {

/// Sets bits [first, first + count) of a bitmap.
void mark_range(std::span<std::uint64_t> words, std::uint32_t first, std::uint32_t count) {
    const std::uint32_t last = first + count - 1;
    const std::uint64_t head = ~std::uint64_t{0} << (first % 64);
    const std::uint64_t tail = ~std::uint64_t{0} >> (63 - last % 64);
    if (first / 64 == last / 64) {
        words[first / 64] |= head & tail;
        return;
    }
    words[first / 64] |= head;
    for (std::uint32_t word = first / 64 + 1; word < last / 64; ++word) words[word] = ~std::uint64_t{0};
    words[last / 64] |= tail;
}

/// Lists of (neuron, weight) per axon. Lists whose targets are neighbours are kept as ranges, which is what a dense
/// layer gives and what the host's vector unit likes; others are scattered.
template <class Sum, class Weight>
class ListSynapses final : public Synapses<Sum> {
public:
    explicit ListSynapses(const WeightLists& image) : offsets_{image.offsets}, targets_{image.targets}, delays_{image.delays} {
        weights_.reserve(image.weights.size());
        for (const float weight : image.weights) weights_.push_back(static_cast<Weight>(weight));
        ranges_.resize(image.axons());
        for (std::size_t axon = 0; axon < image.axons(); ++axon) ranges_[axon] = is_range(axon);
        for (const std::uint8_t delay : delays_) longest_ = std::max<std::uint32_t>(longest_, delay);
    }

    std::uint32_t apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                        Accumulators<Sum>& accumulators) override {
        const std::uint32_t begin = offsets_[axon];
        const std::uint32_t count = offsets_[axon + 1] - begin;
        if (count == 0) return 0;
        if (!delays_.empty()) {
            scatter_delayed(begin, count, payload, step, accumulators);
        } else if (ranges_[axon] != 0) {
            add_range(begin, count, payload, accumulators.sums(step), accumulators.due(step));
        } else {
            scatter(begin, count, payload, accumulators.sums(step), accumulators.due(step));
        }
        return count;
    }

    [[nodiscard]] std::uint32_t longest_delay() const override { return longest_; }
    [[nodiscard]] std::size_t axons() const override { return ranges_.size(); }

private:
    [[nodiscard]] std::uint8_t is_range(std::size_t axon) const {
        const std::uint32_t begin = offsets_[axon];
        const std::uint32_t end = offsets_[axon + 1];
        return begin != end && targets_[end - 1] - targets_[begin] == static_cast<int>(end - begin - 1) ? 1 : 0;
    }
    void add_range(std::uint32_t begin, std::uint32_t count, std::int32_t payload, std::span<Sum> sums,
                   std::span<std::uint64_t> due) const {
        const std::uint32_t first = targets_[begin];
        Sum* const __restrict sum = sums.data() + first;
        const Weight* const __restrict weight = weights_.data() + begin;
        if (payload == 1) {
            for (std::uint32_t i = 0; i < count; ++i) sum[i] += static_cast<Sum>(weight[i]);
        } else {
            for (std::uint32_t i = 0; i < count; ++i) sum[i] += static_cast<Sum>(weight[i]) * static_cast<Sum>(payload);
        }
        mark_range(due, first, count);
    }
    void scatter(std::uint32_t begin, std::uint32_t count, std::int32_t payload, std::span<Sum> sums,
                 std::span<std::uint64_t> due) const {
        for (std::uint32_t i = begin; i < begin + count; ++i) {
            const std::uint32_t target = targets_[i];
            sums[target] += static_cast<Sum>(weights_[i]) * static_cast<Sum>(payload);
            due[target / 64] |= std::uint64_t{1} << (target % 64);
        }
    }
    void scatter_delayed(std::uint32_t begin, std::uint32_t count, std::int32_t payload, std::uint64_t step,
                         Accumulators<Sum>& accumulators) const {
        for (std::uint32_t i = begin; i < begin + count; ++i) {
            const std::uint64_t when = step + delays_[i];
            accumulators.sums(when)[targets_[i]] += static_cast<Sum>(weights_[i]) * static_cast<Sum>(payload);
            accumulators.due(when)[targets_[i] / 64] |= std::uint64_t{1} << (targets_[i] % 64);
        }
    }

    std::vector<std::uint32_t> offsets_;
    std::vector<std::uint16_t> targets_;
    std::vector<Weight> weights_;
    std::vector<std::uint8_t> delays_;
    std::vector<std::uint8_t> ranges_;
    std::uint32_t longest_ = 0;
};

/// One bit per (axon, neuron). The row of an active axon adds the neuron's weight of the axon's type.
template <class Sum>
class CrossbarSynapses final : public Synapses<Sum> {
public:
    explicit CrossbarSynapses(const BinaryCrossbar& image)
        : words_{image.words_per_row}, types_{image.axon_types}, rows_{image.rows}, weights_{image.type_weights} {}

    std::uint32_t apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                        Accumulators<Sum>& accumulators) override {
        const std::uint64_t* const row = rows_.data() + std::size_t{axon} * words_;
        const std::int16_t* const weights = weights_[types_[axon]].data();
        const std::span<Sum> sums = accumulators.sums(step);
        const std::span<std::uint64_t> due = accumulators.due(step);
        std::uint32_t events = 0;
        for (std::uint32_t word = 0; word < words_; ++word) {
            std::uint64_t bits = row[word];
            due[word] |= bits;
            events += static_cast<std::uint32_t>(std::popcount(bits));
            for (; bits != 0; bits &= bits - 1) {
                const std::size_t neuron = word * std::size_t{64} + static_cast<unsigned>(std::countr_zero(bits));
                sums[neuron] += static_cast<Sum>(weights[neuron]) * static_cast<Sum>(payload);
            }
        }
        return events;
    }
    void prefetch(std::uint32_t axon) const override { __builtin_prefetch(rows_.data() + std::size_t{axon} * words_); }

    [[nodiscard]] std::uint32_t longest_delay() const override { return 0; }
    [[nodiscard]] std::size_t axons() const override { return types_.size(); }

private:
    std::uint32_t words_;
    std::vector<std::uint8_t> types_;
    std::vector<std::uint64_t> rows_;
    std::array<std::vector<std::int16_t>, 4> weights_;
};

/// True when every weight is a whole number that 16 bits hold.
[[nodiscard]] bool fits_int16(const std::vector<float>& weights) {
    return std::all_of(weights.begin(), weights.end(), [](float weight) {
        return weight == std::round(weight) && std::abs(weight) <= static_cast<float>(std::numeric_limits<std::int16_t>::max());
    });
}

/// The axons before the groups.
[[nodiscard]] WeightLists plain_part(const WeightLists& image) {
    WeightLists plain = image;
    plain.groups.clear();
    plain.offsets.resize(image.plain_axons() + 1);
    const std::size_t synapses = plain.offsets.back();
    plain.targets.resize(synapses);
    plain.weights.resize(synapses);
    if (!plain.delays.empty()) plain.delays.resize(synapses);
    return plain;
}

template <class Sum>
[[nodiscard]] std::unique_ptr<Synapses<Sum>> make_lists(const WeightLists& image) {
    if constexpr (std::is_integral_v<Sum>) {
        if (fits_int16(image.weights)) return std::make_unique<ListSynapses<Sum, std::int16_t>>(image);
        return std::make_unique<ListSynapses<Sum, std::int32_t>>(image);
    } else {
        return std::make_unique<ListSynapses<Sum, float>>(image);
    }
}

}  // namespace

template <class Sum>
std::unique_ptr<Synapses<Sum>> make_synapses(const SynapseImage& image, std::size_t neurons, const SynapseOptions& options) {
    if (const auto* crossbar = std::get_if<BinaryCrossbar>(&image)) {
        expects(crossbar->words_per_row == (neurons + 63) / 64);
        return std::make_unique<CrossbarSynapses<Sum>>(*crossbar);
    }
    const auto& lists = std::get<WeightLists>(image);
    if (lists.groups.empty()) return make_lists<Sum>(lists);
    if constexpr (std::is_integral_v<Sum>) {
        return std::make_unique<GroupedSynapses>(lists, make_lists<Sum>(plain_part(lists)), neurons, options);
    } else {
        throw InputError{"learning and rounded sums need a neuron model with integer sums"};
    }
}

template std::unique_ptr<Synapses<std::int32_t>> make_synapses(const SynapseImage&, std::size_t, const SynapseOptions&);
template std::unique_ptr<Synapses<double>> make_synapses(const SynapseImage&, std::size_t, const SynapseOptions&);

}  // namespace spikefab
