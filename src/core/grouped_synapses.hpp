// SPDX-License-Identifier: Apache-2.0
// Synapses of a core some of whose axons stand in groups: plastic ones, and those whose sums are rounded.
#pragma once

#include "core/learner.hpp"
#include "core/synapses.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace spikefab {

/// The axons before the groups go their usual way (`plain`).
class GroupedSynapses final : public Synapses<std::int32_t> {
public:
    GroupedSynapses(const WeightLists& image, std::unique_ptr<Synapses<std::int32_t>> plain, std::size_t neurons,
                    const SynapseOptions& options);

    std::uint32_t apply(std::uint32_t axon, std::int32_t payload, std::uint64_t step,
                        Accumulators<std::int32_t>& accumulators) override;
    void settle(std::uint64_t step, Accumulators<std::int32_t>& accumulators) override;
    void clear() override;
    [[nodiscard]] std::uint32_t longest_delay() const override { return longest_; }
    [[nodiscard]] std::size_t axons() const override { return plain_->axons() + group_of_axon_.size(); }
    [[nodiscard]] Learner* learner() override { return learner_ ? &*learner_ : nullptr; }
    [[nodiscard]] std::span<const SynapseGroup> groups() const override { return groups_; }

private:
    /// Sums of a group whose exponent is below 0, for each delay of its synapses apart: they are rounded before they are
    /// added to what else reaches the neuron.
    using PartialSums = std::optional<Accumulators<std::int32_t>>;

    void settle_group(std::size_t group, std::uint64_t step, Accumulators<std::int32_t>& accumulators);

    std::unique_ptr<Synapses<std::int32_t>> plain_;
    std::uint32_t first_axon_;
    std::size_t neurons_;
    std::uint32_t longest_ = 0;
    std::vector<std::uint16_t> group_of_axon_;  ///< from first_axon_ on
    std::vector<SynapseGroup> groups_;
    std::vector<PartialSums> partial_;  ///< by group
    std::optional<Learner> learner_;
};

}  // namespace spikefab
