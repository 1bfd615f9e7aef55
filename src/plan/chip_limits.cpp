// SPDX-License-Identifier: Apache-2.0
// Bounds from the field table of the neuron model, and from the width of a potential that wraps.
#include "plan/chip_limits.hpp"

#include "base/error.hpp"
#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace spikefab {
namespace {

/// Bounds of every number of a neuron model, by key.
class BoundsReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& info, std::int64_t& value) override {
        note(info);
        if (info.key == "potential_bits") potential_bits = static_cast<std::uint32_t>(value);
    }
    void real(const FieldInfo& info, double& /*value*/) override { note(info); }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        if (info.key == "width") wraps = names[index] == "wrap";
    }

    std::map<std::string, ChipRange, std::less<>> ranges;
    std::uint32_t potential_bits = 0;
    bool wraps = false;

private:
    void note(const FieldInfo& info) { ranges[std::string{info.key}] = {info.bounds.lower, info.bounds.upper}; }
};

[[nodiscard]] BoundsReader bounds_of(const CoreDescription& core) {
    BoundsReader reader;
    if (core.neuron) core.neuron->clone()->visit(reader);
    return reader;
}

void narrow(std::map<std::string, ChipRange, std::less<>>& ranges, std::string_view key, double lower, double upper) {
    const auto found = ranges.find(key);
    if (found == ranges.end()) return;
    found->second = {std::max(found->second.lower, lower), std::min(found->second.upper, upper)};
}

/// Thresholds and resets of a potential that wraps have its width (RANC: 9 bits and a sign among them). A negative threshold is
/// given by its distance below 0.
[[nodiscard]] std::map<std::string, ChipRange, std::less<>> ranges_of(const CoreDescription& core) {
    const ChipRange potential = limits_of(core).potential();
    auto ranges = bounds_of(core).ranges;
    for (const std::string_view key : {"threshold", "reset_potential", "initial_potential", "leak"})
        narrow(ranges, key, potential.lower, potential.upper);
    narrow(ranges, "negative_threshold", -potential.upper, -potential.lower);
    return ranges;
}

/// Rows of `table` one by one: each belongs to the neurons that name it.
void fit_column(NeuronParameters& table, std::size_t column, const ChipRange& range, OutOfRange policy,
                const std::string& layer, std::uint64_t& clipped) {
    for (std::size_t neuron = 0; neuron < table.row_of_neuron.size(); ++neuron) {
        const double value = table.rows[table.row_of_neuron[neuron]][column];
        if (value >= range.lower && value <= range.upper) continue;
        if (policy == OutOfRange::refuse)
            throw InputError{
                fmt::format("layer '{}': neuron {}: its {} would be {} on the chip, which holds {} to {}; choose another, or "
                            "allow clipping "
                            "(on_out_of_range: clip)",
                            layer, neuron, table.columns[column], value, range.lower, range.upper)};
        ++clipped;
    }
    for (auto& row : table.rows) row[column] = std::clamp(row[column], range.lower, range.upper);
}

}  // namespace

ChipLimits limits_of(const CoreDescription& core) {
    const BoundsReader reader = bounds_of(core);
    return {.longest_delay = core.max_delay - 1, .wrapping_potential = reader.wraps ? reader.potential_bits : 0};
}

void fit_parameters(const CoreDescription& core, OutOfRange policy, LoweredNetwork& network) {
    const auto ranges = ranges_of(core);
    for (LoweredPopulation& population : network.populations) {
        std::uint64_t clipped = 0;
        for (std::size_t column = 0; column < population.parameters.columns.size(); ++column)
            if (const auto range = ranges.find(population.parameters.columns[column]); range != ranges.end())
                fit_column(population.parameters, column, range->second, policy, population.name, clipped);
        for (LayerLoweringReport& layer : network.report.layers)
            if (layer.layer == population.name) layer.clipped += clipped;
    }
}

}  // namespace spikefab
