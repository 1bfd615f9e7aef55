// SPDX-License-Identifier: Apache-2.0
// Weights of a group into the accumulators, or into partial sums first.
#include "core/grouped_synapses.hpp"

#include "models/fixed_point.hpp"

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

constexpr std::uint32_t longest_learned_delay = 62;  // steps; Loihi's delays have 6 bits, and 63 is kept free

}  // namespace

GroupedSynapses::GroupedSynapses(const WeightLists& image, std::unique_ptr<Synapses<std::int32_t>> plain, std::size_t neurons,
                                 const SynapseOptions& options)
    : plain_{std::move(plain)},
      first_axon_{static_cast<std::uint32_t>(image.plain_axons())},
      neurons_{neurons},
      longest_{plain_->longest_delay()} {
    for (const AxonGroup& group : image.groups) {
        group_of_axon_.insert(group_of_axon_.end(), group.sources.size(), static_cast<std::uint16_t>(groups_.size()));
        const SynapseGroup& synapses = groups_.emplace_back(image, group);
        std::uint32_t longest = 0;
        for (const std::int16_t delay : synapses.delays) longest = std::max(longest, static_cast<std::uint32_t>(delay));
        if (group.rule && !parse_learning_rule(group.rule->dd, "dd").empty()) longest = longest_learned_delay;
        longest_ = std::max(longest_, longest);
        partial_.emplace_back();
        if (group.exponent < 0) partial_.back().emplace(neurons * (longest + 1), options.longest_axon_delay);
    }
    if (image.learns()) learner_.emplace(image, groups_, neurons, options.synapses_per_word);
}

std::uint32_t GroupedSynapses::apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                                     Accumulators<std::int32_t>& accumulators) {
    if (axon < first_axon_) return plain_->apply(axon, payload, step, accumulators);
    const std::uint16_t number = group_of_axon_[axon - first_axon_];
    const SynapseGroup& group = groups_[number];
    const std::uint32_t begin = group.offsets[axon - group.first_axon];
    const std::uint32_t end = group.offsets[axon - group.first_axon + 1];
    PartialSums& partial = partial_[number];
    for (std::uint32_t i = begin; i < end; ++i) {
        const std::uint32_t delay =
            group.delays.empty() ? 0 : std::min<std::uint32_t>(static_cast<std::uint16_t>(group.delays[i]), longest_);
        const std::uint64_t when = partial ? step : step + delay;
        const std::size_t place = group.targets[i] + (partial ? delay * neurons_ : 0);
        Accumulators<std::int32_t>& sums = partial ? *partial : accumulators;
        sums.sums(when)[place] += shifted(group.weights[i] * payload, partial ? 0 : group.exponent);
        sums.due(when)[place / 64] |= std::uint64_t{1} << (place % 64);
    }
    return end - begin;
}

void GroupedSynapses::settle(std::uint64_t step, Accumulators<std::int32_t>& accumulators) {
    for (std::size_t group = 0; group < groups_.size(); ++group)
        if (partial_[group]) settle_group(group, step, accumulators);
}

void GroupedSynapses::settle_group(std::size_t group, std::uint64_t step, Accumulators<std::int32_t>& accumulators) {
    const std::span<std::uint64_t> due = partial_[group]->due(step);
    const std::span<std::int32_t> sums = partial_[group]->sums(step);
    for (std::size_t word = 0; word < due.size(); ++word) {
        for (std::uint64_t bits = due[word]; bits != 0; bits &= bits - 1) {
            const std::size_t place = word * 64 + static_cast<unsigned>(std::countr_zero(bits));
            const std::size_t neuron = place % neurons_;
            const std::uint64_t when = step + place / neurons_;
            accumulators.sums(when)[neuron] += shifted(sums[place], groups_[group].exponent);
            accumulators.due(when)[neuron / 64] |= std::uint64_t{1} << (neuron % 64);
            sums[place] = 0;
        }
        due[word] = 0;
    }
}

void GroupedSynapses::clear() {
    for (PartialSums& partial : partial_)
        if (partial) partial->clear();
}

}  // namespace spikefab
