// SPDX-License-Identifier: Apache-2.0
// The learning part of a core: the synapses that rules change, beside the immutable image, and the engines that change them
// at the ends of epochs.
#pragma once

#include "base/picoseconds.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikefab {

/// Lists of synapses of one axon group, side by side; axon i of the group has [offsets[i], offsets[i + 1]).
struct SynapseGroup {
    SynapseGroup(const WeightLists& image, const AxonGroup& group);

    [[nodiscard]] std::size_t axons() const { return offsets.size() - 1; }
    [[nodiscard]] PlasticSynapses of(std::size_t axon);

    std::uint32_t first_axon;
    std::int32_t exponent;
    std::vector<std::uint32_t> offsets;
    std::vector<std::uint32_t> targets;
    std::vector<std::int16_t> weights;
    std::vector<std::int16_t> delays;  ///< empty when all are 0 and stay so
    std::vector<std::int16_t> tags;    ///< empty when no rule knows of tags
};

/// Where learning gets its random numbers.
class LearningDraws {
public:
    virtual ~LearningDraws() = default;
    /// For the end of the epoch that ends with `step`.
    [[nodiscard]] virtual EpochDraws epoch(std::uint32_t group, std::uint64_t step) = 0;
    /// 0..127, for neurons that spike in `step` once more in their epoch.
    [[nodiscard]] virtual std::int32_t impulse(std::uint32_t group, std::uint64_t step) = 0;
};

/// Philox, by group and step.
class PhiloxLearningDraws final : public LearningDraws {
public:
    /// `key` as made by Rng::key_of.
    explicit PhiloxLearningDraws(std::uint64_t key) : key_{key} {}
    [[nodiscard]] EpochDraws epoch(std::uint32_t group, std::uint64_t step) override;
    [[nodiscard]] std::int32_t impulse(std::uint32_t group, std::uint64_t step) override;

private:
    std::uint64_t key_;
};

/// What learning did at the end of a step.
struct LearningWork {
    std::uint64_t traces = 0;         ///< brought up to date
    std::uint64_t synapses = 0;       ///< visited
    std::uint64_t changed = 0;        ///< of them: have another weight, delay or tag now
    std::uint64_t words_read = 0;     ///< of synaptic memory
    std::uint64_t words_written = 0;  ///< of synaptic memory
    std::uint64_t draws = 0;
    std::uint64_t cell_pulses = 0;    ///< where weights are cells of arrays
    std::uint64_t pulse_energy = 0;   ///< aJ in those cells
    std::uint64_t driver_energy = 0;  ///< aJ
    Picoseconds pulsing = 0;
};

/// Where weights are not in a memory that the engine writes: the engine's synapses then hold the changes that it asks for.
class SynapseWriter {
public:
    virtual ~SynapseWriter() = default;
    /// Makes the changes of the synapses of axon `axon` of group number `group`, and sets them back to 0.
    virtual void write(std::uint32_t group, std::size_t axon, const PlasticSynapses& changes, std::uint64_t step) = 0;
    /// All epochs that end with a step are done: what writing took since the last call.
    virtual void finish(LearningWork& work) = 0;
};

class Learner final {
public:
    /// `groups` are those of the image, in its order; they must outlive the learner, as must `writer` when there is one.
    Learner(const WeightLists& image, std::vector<SynapseGroup>& groups, std::size_t neurons, std::uint32_t synapses_per_word,
            SynapseWriter* writer = nullptr);

    void draw_from(std::unique_ptr<LearningDraws> draws) { draws_ = std::move(draws); }
    /// While off, spikes and rewards leave no trace and weights stay; traces that were left are forgotten.
    void enable(bool on);

    /// A message arrived on `axon` in `step`; axons that no rule listens to are ignored.
    void source_spike(std::uint32_t axon, std::uint64_t step);
    void target_spikes(std::span<const Spike> spikes, std::uint64_t step);
    void reward(std::int32_t amount, std::uint64_t step);
    /// Everything of `step` has arrived: where an epoch ends with it, the rules act.
    LearningWork end_step(std::uint64_t step);
    /// All traces to 0; weights stay.
    void forget();

    /// The engine of group `group` of the image; null where no rule acts.
    [[nodiscard]] const LearningEngine* engine(std::size_t group) const;

private:
    struct Plastic {
        std::uint32_t number;  ///< of the group in the image
        SynapseGroup* synapses;
        LearningEngine engine;
    };
    void end_epoch(Plastic& plastic, std::uint64_t step, LearningWork& work);

    std::vector<Plastic> plastic_;
    std::uint32_t first_axon_;  ///< of the image's groups
    std::uint32_t synapses_per_word_;
    std::vector<std::uint16_t> plastic_of_axon_;  ///< from first_axon_ on: index into plastic_, or none
    SynapseWriter* writer_;
    bool enabled_ = true;
    std::unique_ptr<LearningDraws> draws_;
};

}  // namespace spikefab
