// SPDX-License-Identifier: Apache-2.0
// Blocks of a weight matrix, each in arrays of its own.
#include "core/weight_tiles.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// e^-6 is half a step of 8 bits: a line has settled after so many of its time constants.
constexpr double settling_time_constants = 6.0;

[[nodiscard]] std::vector<double> dense_weights(const WeightLists& lists, std::size_t neurons) {
    std::vector<double> weights(lists.axons() * neurons, 0.0);
    for (std::size_t axon = 0; axon < lists.axons(); ++axon)
        for (std::uint32_t k = lists.offsets[axon]; k < lists.offsets[axon + 1]; ++k)
            weights[axon * neurons + lists.targets[k]] += static_cast<double>(lists.weights[k]);
    return weights;
}

[[nodiscard]] double largest_of(const std::vector<double>& weights) {
    double largest = 0.0;
    for (const double w : weights) largest = std::max(largest, std::abs(w));
    return largest > 0.0 ? largest : 1.0;
}

/// The block of a dense matrix that goes into one tile; empty when it holds no weight.
[[nodiscard]] WeightBlock cut_block(const std::vector<double>& weights, std::size_t axons, std::size_t neurons,
                                    std::size_t axon, std::size_t neuron, const ArrayCapacity& most) {
    WeightBlock block{.first_axon = static_cast<std::uint32_t>(axon),
                      .axons = static_cast<std::uint32_t>(std::min(most.inputs, axons - axon)),
                      .first_neuron = static_cast<std::uint32_t>(neuron),
                      .neurons = static_cast<std::uint32_t>(std::min(most.outputs, neurons - neuron)),
                      .weights = {}};
    for (std::size_t i = axon; i < axon + block.axons; ++i) {
        const double* row = &weights[i * neurons + neuron];
        block.weights.insert(block.weights.end(), row, row + block.neurons);
    }
    if (std::all_of(block.weights.begin(), block.weights.end(), [](double w) { return w == 0.0; })) block.weights.clear();
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
    const std::vector<double> weights = dense_weights(lists, neurons);
    const double given = array.encoding.largest_weight;
    const double largest = given > 0.0 ? given : array.full_scale * largest_of(weights);
    const ArrayCapacity most = array_capacity(array);
    TileStreams streams{.cells = Rng::key_of(seed, name + ".cells"), .read_noise = Rng::key_of(seed, name + ".read_noise")};
    std::vector<CrossbarTile> tiles;
    for (std::size_t axon = 0; axon < lists.axons(); axon += most.inputs) {
        for (std::size_t neuron = 0; neuron < neurons; neuron += most.outputs) {
            const WeightBlock block = cut_block(weights, lists.axons(), neurons, axon, neuron, most);
            if (block.weights.empty()) continue;  // needs no array
            tiles.emplace_back(block, largest, array, streams);
            streams.first_array += tiles.back().arrays();
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
