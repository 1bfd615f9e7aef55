// SPDX-License-Identifier: Apache-2.0
// Spikes and rewards to the engines, and what the engines do to the synapses.
#include "core/learner.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <limits>

namespace spikefab {
namespace {

constexpr std::uint16_t no_rule = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t impulse_units = 0x80000000U;  // streams of impulse draws, beside those of epochs
constexpr std::uint64_t draws_of_epoch = 5;           // members of EpochDraws

}  // namespace

SynapseGroup::SynapseGroup(const WeightLists& image, const AxonGroup& group)
    : first_axon{group.first_axon}, exponent{group.exponent} {
    const std::uint32_t begin = image.offsets[first_axon];
    const std::uint32_t end = image.offsets[first_axon + group.sources.size()];
    for (std::size_t axon = first_axon; axon <= first_axon + group.sources.size(); ++axon)
        offsets.push_back(image.offsets[axon] - begin);
    for (std::uint32_t i = begin; i < end; ++i) {
        targets.push_back(image.targets[i]);
        weights.push_back(static_cast<std::int16_t>(image.weights[i]));
    }
    const bool some_delay = !image.delays.empty() && std::any_of(image.delays.begin() + begin, image.delays.begin() + end,
                                                                 [](auto d) { return d != 0; });
    if (some_delay || (group.rule && uses(*group.rule, LearningVariable::delay))) {
        delays.assign(end - begin, 0);
        if (some_delay) std::copy(image.delays.begin() + begin, image.delays.begin() + end, delays.begin());
    }
    if (group.rule && uses(*group.rule, LearningVariable::tag)) tags.assign(end - begin, 0);
}

PlasticSynapses SynapseGroup::of(std::size_t axon) {
    const std::size_t begin = offsets[axon];
    const std::size_t count = offsets[axon + 1] - begin;
    const auto part = [&](std::vector<std::int16_t>& values) {
        return values.empty() ? std::span<std::int16_t>{} : std::span{values}.subspan(begin, count);
    };
    return {.target = std::span<const std::uint32_t>{targets}.subspan(begin, count),
            .weight = part(weights),
            .delay = part(delays),
            .tag = part(tags)};
}

EpochDraws PhiloxLearningDraws::epoch(std::uint32_t group, std::uint64_t step) {
    Rng rng{key_, group, step};
    return EpochDraws::from(rng);
}

std::int32_t PhiloxLearningDraws::impulse(std::uint32_t group, std::uint64_t step) {
    Rng rng{key_, impulse_units + group, step};
    return static_cast<std::int32_t>(rng.below(128));
}

Learner::Learner(const WeightLists& image, std::vector<SynapseGroup>& groups, std::size_t neurons,
                 std::uint32_t synapses_per_word, SynapseWriter* writer)
    : first_axon_{static_cast<std::uint32_t>(image.plain_axons())},
      synapses_per_word_{std::max(synapses_per_word, 1U)},
      writer_{writer},
      draws_{std::make_unique<PhiloxLearningDraws>(0)} {
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const AxonGroup& group = image.groups[i];
        const bool learns = group.rule.has_value();
        plastic_of_axon_.insert(plastic_of_axon_.end(), groups[i].axons(),
                                learns ? static_cast<std::uint16_t>(plastic_.size()) : no_rule);
        if (learns)
            plastic_.push_back(
                {static_cast<std::uint32_t>(i), &groups[i], LearningEngine{*group.rule, groups[i].axons(), neurons}});
    }
}

void Learner::enable(bool on) {
    if (!on && enabled_) forget();
    enabled_ = on;
}

void Learner::source_spike(std::uint32_t axon, std::uint64_t step) {
    if (!enabled_ || axon < first_axon_ || axon - first_axon_ >= plastic_of_axon_.size()) return;
    const std::uint16_t index = plastic_of_axon_[axon - first_axon_];
    if (index == no_rule) return;
    Plastic& plastic = plastic_[index];
    plastic.engine.source_spike(axon - plastic.synapses->first_axon, step);
}

void Learner::target_spikes(std::span<const Spike> spikes, std::uint64_t step) {
    if (!enabled_ || spikes.empty()) return;
    for (Plastic& plastic : plastic_) {
        const std::int32_t draw = draws_->impulse(plastic.number, step);
        for (const Spike& spike : spikes) plastic.engine.target_spike(spike.neuron, step, draw);
    }
}

void Learner::reward(std::int32_t amount, std::uint64_t step) {
    if (!enabled_) return;
    for (Plastic& plastic : plastic_) plastic.engine.reward(amount * plastic.engine.parameters().r1_impulse, step);
}

LearningWork Learner::end_step(std::uint64_t step) {
    LearningWork work;
    if (!enabled_) return work;
    for (Plastic& plastic : plastic_)
        if (plastic.engine.epoch_ends(step)) end_epoch(plastic, step, work);
    if (writer_ != nullptr) writer_->finish(work);
    return work;
}

void Learner::end_epoch(Plastic& plastic, std::uint64_t step, LearningWork& work) {
    work.draws += draws_of_epoch;
    work.traces += plastic.engine.end_epoch(step, draws_->epoch(plastic.number, step));
    for (std::size_t axon = 0; axon < plastic.synapses->axons(); ++axon) {
        PlasticSynapses synapses = plastic.synapses->of(axon);
        synapses.per_word = synapses_per_word_;
        const SynapseUpdates updates = plastic.engine.update(axon, synapses);
        if (updates.visited == 0) continue;
        work.synapses += updates.visited;
        work.changed += updates.changed;
        if (writer_ != nullptr) {
            if (updates.changed > 0) writer_->write(plastic.number, axon, synapses, step);
            continue;
        }
        work.words_read += (synapses.target.size() + synapses_per_word_ - 1) / synapses_per_word_;
        work.words_written += updates.words_changed;
    }
    plastic.engine.begin_epoch();
}

void Learner::forget() {
    for (Plastic& plastic : plastic_) plastic.engine.forget();
}

const LearningEngine* Learner::engine(std::size_t group) const {
    for (const Plastic& plastic : plastic_)
        if (plastic.number == group) return &plastic.engine;
    return nullptr;
}

}  // namespace spikefab
