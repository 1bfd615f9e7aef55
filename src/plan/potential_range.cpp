// SPDX-License-Identifier: Apache-2.0
// Worst sums of crossbar rows against the potential's bits.
#include "plan/potential_range.hpp"

#include "base/partial_visitor.hpp"
#include "plan/chip_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>

namespace spikefab {
namespace {

/// The chip-wide parameters of a neuron model.
class NumberReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& info, std::int64_t& value) override { numbers[std::string{info.key}] = value; }
    std::map<std::string, std::int64_t> numbers;
};

/// Sums of one neuron's weights over all axons that reach it.
struct WorstSums {
    std::int64_t highest = 0;
    std::int64_t lowest = 0;
};

[[nodiscard]] std::vector<WorstSums> worst_sums(const BinaryCrossbar& crossbar, std::size_t neurons) {
    std::vector<WorstSums> sums(neurons);
    for (std::size_t axon = 0; axon < crossbar.axons(); ++axon) {
        const auto& weights = crossbar.type_weights[crossbar.axon_types[axon]];
        for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
            if ((crossbar.rows[axon * crossbar.words_per_row + neuron / 64] >> (neuron % 64) & 1U) == 0) continue;
            (weights[neuron] > 0 ? sums[neuron].highest : sums[neuron].lowest) += weights[neuron];
        }
    }
    return sums;
}

/// A neuron's own value of a parameter, else the chip's.
class Parameters final {
public:
    Parameters(const NeuronParameters& table, const std::map<std::string, std::int64_t>& chip) : table_{table}, chip_{chip} {}
    [[nodiscard]] std::int64_t of(std::size_t neuron, const std::string& key) const {
        const auto column = std::find(table_.columns.begin(), table_.columns.end(), key);
        if (column == table_.columns.end()) return chip_.contains(key) ? chip_.at(key) : 0;
        const auto place = static_cast<std::size_t>(column - table_.columns.begin());
        return static_cast<std::int64_t>(table_.rows[table_.row_of_neuron[neuron]][place]);
    }

private:
    const NeuronParameters& table_;
    const std::map<std::string, std::int64_t>& chip_;
};

}  // namespace

std::string potentials_that_wrap(const Placement& placement, const ChipPlan& chip) {
    std::uint64_t wrapping = 0;
    std::uint32_t bits = 0;
    for (const CoreImage& core : placement.cores) {
        const CoreDescription& type = chip.core_type(core.core);
        const std::uint32_t width = limits_of(type).wrapping_potential;
        const auto* crossbar = std::get_if<BinaryCrossbar>(&core.synapses);
        if (crossbar == nullptr || width == 0) continue;
        NumberReader chip_wide;
        type.neuron->clone()->visit(chip_wide);
        bits = width;
        const std::int64_t limit = std::int64_t{1} << (width - 1);
        const Parameters parameters{core.neurons, chip_wide.numbers};
        const std::vector<WorstSums> sums = worst_sums(*crossbar, core.neurons.neurons());
        for (std::size_t neuron = 0; neuron < sums.size(); ++neuron) {
            const std::int64_t leak = parameters.of(neuron, "leak");
            const std::int64_t top =
                parameters.of(neuron, "threshold") - 1 + sums[neuron].highest + std::max<std::int64_t>(leak, 0);
            const std::int64_t bottom =
                -parameters.of(neuron, "negative_threshold") + sums[neuron].lowest + std::min<std::int64_t>(leak, 0);
            if (top >= limit || bottom < -limit) ++wrapping;
        }
    }
    if (wrapping == 0) return {};
    return fmt::format("{} neurons can get sums that do not fit the chip's potential of {} bits: they wrap, as on the chip",
                       wrapping, bits);
}

}  // namespace spikefab
