// SPDX-License-Identifier: Apache-2.0
// Blocks of a weight matrix, each in arrays of its own.
#include "core/weight_tiles.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spikefab {
namespace {

/// e^-6 is half a step of 8 bits: a line has settled after so many of its time constants.
constexpr double settling_time_constants = 6.0;

/// Axons [first, end) whose weights share a full scale and arrays.
struct AxonRange {
    std::size_t first = 0;
    std::size_t end = 0;
    double largest = 0.0;  ///< weight at full scale; 0: that of the range
    double unit = 1.0;     ///< what a stored weight of 1 counts
    bool learns = false;
};

[[nodiscard]] std::vector<double> dense_weights(const WeightLists& lists, std::size_t neurons, const AxonRange& range) {
    std::vector<double> weights((range.end - range.first) * neurons, 0.0);
    for (std::size_t axon = range.first; axon < range.end; ++axon)
        for (std::uint32_t k = lists.offsets[axon]; k < lists.offsets[axon + 1]; ++k)
            weights[(axon - range.first) * neurons + lists.targets[k]] += range.unit * static_cast<double>(lists.weights[k]);
    return weights;
}

[[nodiscard]] double largest_of(const std::vector<double>& weights) {
    double largest = 0.0;
    for (const double w : weights) largest = std::max(largest, std::abs(w));
    return largest > 0.0 ? largest : 1.0;
}

/// What does not learn together, then every group that does: its full scale is what its rule may reach.
[[nodiscard]] std::vector<AxonRange> ranges_of(const WeightLists& lists, const ArrayDescription& array) {
    std::vector<AxonRange> ranges{{.first = 0, .end = lists.plain_axons(), .largest = array.encoding.largest_weight}};
    for (const AxonGroup& group : lists.groups) {
        const double unit = std::ldexp(1.0, group.exponent);
        const std::int32_t most = std::max(std::abs(group.rule->weight_lower), std::abs(group.rule->weight_upper));
        ranges.push_back({.first = group.first_axon,
                          .end = group.first_axon + group.sources.size(),
                          .largest = unit * std::max(most, 1),
                          .unit = unit,
                          .learns = true});
    }
    return ranges;
}

/// The block of a range's dense matrix that begins `below` its first axon and goes into one tile; empty when it needs none.
[[nodiscard]] WeightBlock cut_block(const std::vector<double>& weights, const AxonRange& range, std::size_t neurons,
                                    std::size_t below, std::size_t neuron, const ArrayCapacity& most) {
    WeightBlock block{.first_axon = static_cast<std::uint32_t>(range.first + below),
                      .axons = static_cast<std::uint32_t>(std::min(most.inputs, range.end - range.first - below)),
                      .first_neuron = static_cast<std::uint32_t>(neuron),
                      .neurons = static_cast<std::uint32_t>(std::min(most.outputs, neurons - neuron)),
                      .weights = {},
                      .learns = range.learns};
    for (std::size_t i = below; i < below + block.axons; ++i) {
        const double* row = &weights[i * neurons + neuron];
        block.weights.insert(block.weights.end(), row, row + block.neurons);
    }
    const bool holds_none = std::all_of(block.weights.begin(), block.weights.end(), [](double w) { return w == 0.0; });
    if (holds_none && !block.learns) block.weights.clear();
    return block;
}

void check_settling(const std::vector<CrossbarTile>& tiles, const ArrayDescription& array) {
    double delay = 0.0;
    for (const CrossbarTile& tile : tiles) delay = std::max(delay, tile.line_delay());
    if (settling_time_constants * delay > array.input.pulse.si())
        throw InputError{
            fmt::format("array.input.t_pulse: {} is too short: the slowest line has a time constant of {} and "
                        "settles in six of them; use a longer pulse or smaller wire resistances",
                        format(array.input.pulse), format(Time::from_si(delay)))};
}

}  // namespace

std::vector<CrossbarTile> make_tiles(const WeightLists& lists, std::size_t neurons, const ArrayDescription& array,
                                     std::uint64_t seed, const std::string& name) {
    const ArrayCapacity most = array_capacity(array);
    TileStreams streams{.cells = Rng::key_of(seed, name + ".cells"),
                        .read_noise = Rng::key_of(seed, name + ".read_noise"),
                        .pulses = Rng::key_of(seed, name + ".pulses")};
    std::vector<CrossbarTile> tiles;
    for (const AxonRange& range : ranges_of(lists, array)) {
        const std::vector<double> weights = dense_weights(lists, neurons, range);
        const double largest = range.largest > 0.0 ? range.largest : array.full_scale * largest_of(weights);
        for (std::size_t below = 0; below < range.end - range.first; below += most.inputs) {
            for (std::size_t neuron = 0; neuron < neurons; neuron += most.outputs) {
                const WeightBlock block = cut_block(weights, range, neurons, below, neuron, most);
                if (block.weights.empty()) continue;  // needs no array
                tiles.emplace_back(block, largest, array, streams);
                streams.first_array += tiles.back().arrays();
                streams.first_cell += tiles.back().cells();
            }
        }
    }
    check_settling(tiles, array);
    return tiles;
}

std::vector<double> thresholds_of(const NeuronParameters& table) {
    const auto column = std::find(table.columns.begin(), table.columns.end(), "threshold");
    expects(column != table.columns.end());
    std::vector<double> result;
    for (const std::uint16_t row : table.row_of_neuron)
        result.push_back(table.rows[row][static_cast<std::size_t>(column - table.columns.begin())]);
    return result;
}

}  // namespace spikefab
