// SPDX-License-Identifier: Apache-2.0
// Counting and checking networks.
#include "network/network.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab {
namespace {

void check_parameter(const Population& population, std::string_view key, const PerNeuron& parameter, bool positive) {
    const std::size_t count = parameter.values.size();
    if (count != 1 && count != population.size())
        throw InputError{fmt::format("population '{}': {} has {} values for {} neurons; give one value, or one for each",
                                     population.name, key, count, population.size())};
    for (std::size_t neuron = 0; neuron < count; ++neuron) {
        const double value = parameter.values[neuron];
        if (!std::isfinite(value) || (positive && !(value > 0.0)))
            throw InputError{fmt::format("population '{}', neuron {}: {} = {} must be {}", population.name, neuron, key, value,
                                         positive ? "greater than 0" : "a finite number")};
    }
}

void check_population(const Population& population) {
    if (population.shape.empty() || population.size() == 0)
        throw InputError{
            fmt::format("population '{}' has no neurons (shape ({}))", population.name, fmt::join(population.shape, ", "))};
    if (population.kind == PopulationKind::input) return;
    check_parameter(population, "r", population.r, false);
    check_parameter(population, "v_threshold", population.v_threshold, false);
    check_parameter(population, "v_reset", population.v_reset, false);
    if (population.kind == PopulationKind::integrate_and_fire) return;
    check_parameter(population, population.kind == PopulationKind::leaky ? "tau" : "tau_mem", population.tau_mem, true);
    check_parameter(population, "v_leak", population.v_leak, false);
    if (population.kind == PopulationKind::leaky) return;
    check_parameter(population, "tau_syn", population.tau_syn, true);
    check_parameter(population, "w_in", population.w_in, false);
}

void check_matrix(const Projection& projection, std::size_t rows, std::size_t columns) {
    const SparseMatrix<double>& weights = projection.weights;
    const auto refuse = [&](std::string_view what) {
        throw InputError{fmt::format("projection '{}': {}", projection.name, what)};
    };
    if (weights.rows != rows || weights.columns != columns)
        refuse(fmt::format("its matrix is {} x {}, but it leads from {} to {} neurons", weights.rows, weights.columns, columns,
                           rows));
    if (weights.offsets.size() != rows + 1 || weights.offsets.front() != 0 || weights.offsets.back() != weights.entries() ||
        weights.values.size() != weights.entries())
        refuse("its arrays do not belong together");
    for (std::size_t row = 0; row < rows; ++row) {
        if (weights.offsets[row] > weights.offsets[row + 1] || weights.offsets[row + 1] > weights.entries())
            refuse("its rows overlap");
        const auto sources = weights.sources_of(row);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (sources[i] >= columns || (i > 0 && sources[i] <= sources[i - 1])) refuse("its columns do not rise");
            if (!std::isfinite(weights.values_of(row)[i]))
                refuse(fmt::format("the weight from neuron {} to neuron {} is not a finite number", sources[i], row));
        }
    }
}

void check_projection(const Network& network, const Projection& projection) {
    const std::size_t count = network.populations.size();
    if (projection.source.value() >= count || projection.target.value() >= count)
        throw InputError{fmt::format("projection '{}' names a population that does not exist", projection.name)};
    if (projection.source >= projection.target)
        throw InputError{fmt::format(
            "projection '{}' leads backwards, from '{}' to '{}'; only feed-forward networks are "
            "supported",
            projection.name, network.populations[projection.source].name, network.populations[projection.target].name)};
    const std::size_t rows = network.populations[projection.target].size();
    check_matrix(projection, rows, network.populations[projection.source].size());
    if (!projection.bias.empty() && projection.bias.size() != rows)
        throw InputError{
            fmt::format("projection '{}' has {} biases for {} neurons", projection.name, projection.bias.size(), rows)};
    if (!projection.delays.empty() && projection.delays.size() != projection.weights.entries())
        throw InputError{fmt::format("projection '{}' has {} delays for {} synapses", projection.name, projection.delays.size(),
                                     projection.weights.entries())};
    for (const double delay : projection.delays)
        if (!std::isfinite(delay) || delay < 0.0)
            throw InputError{fmt::format("projection '{}' has a delay of {} s; it must be 0 or more", projection.name, delay)};
    for (const double bias : projection.bias)
        if (!std::isfinite(bias))
            throw InputError{fmt::format("projection '{}' has a bias that is not a finite number", projection.name)};
}

}  // namespace

std::size_t Network::neurons() const {
    std::size_t count = 0;
    for (const Population& population : populations)
        if (population.kind != PopulationKind::input) count += population.size();
    return count;
}

std::uint64_t Network::synapses() const {
    std::uint64_t count = 0;
    for (const Projection& projection : projections) count += projection.weights.entries();
    return count;
}

std::vector<LayerWork> layer_work(const Network& network) {
    if (!network.work.empty()) return network.work;
    std::vector<LayerWork> work;
    for (const Projection& projection : network.projections) {
        const std::uint64_t inputs = projection.weights.columns;
        const std::uint64_t outputs = projection.weights.rows;
        work.push_back({.name = projection.name,
                        .flops = 2 * inputs * outputs,
                        .parameters = inputs * outputs + projection.bias.size(),
                        .inputs = inputs,
                        .outputs = outputs});
    }
    return work;
}

void check(const Network& network) {
    if (network.populations.empty()) throw InputError{fmt::format("network '{}' has no populations", network.name)};
    for (const Population& population : network.populations) check_population(population);
    for (const Projection& projection : network.projections) check_projection(network, projection);
    for (const PopulationId output : network.outputs)
        if (output.value() >= network.populations.size())
            throw InputError{fmt::format("network '{}' names an output that does not exist", network.name)};
}

}  // namespace spikefab
