// SPDX-License-Identifier: Apache-2.0
// What a node of a NIR graph gives, as a linear function of the spikes of populations, each of them perhaps some time ago.
#pragma once

#include "network/network.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// Spikes of one neuron of a population, `delay` seconds late.
struct DelayedNeuron {
    std::uint32_t neuron = 0;
    double delay = 0.0;
    auto operator<=>(const DelayedNeuron&) const = default;
};

/// A linear function of one population's spikes.
struct SignalTerm {
    std::uint32_t neurons = 0;                     ///< of the population
    std::optional<SparseMatrix<double>> matrix{};  ///< nothing: the identity
    std::vector<DelayedNeuron> columns{};          ///< what the matrix's columns are, rising; empty: the neurons, at once
};

struct Signal {
    LayerShape shape{};
    std::map<PopulationId, SignalTerm> terms{};
    std::vector<double> bias{};        ///< empty: none
    std::vector<std::string> nodes{};  ///< the linear nodes on the way
};

/// into += other, of equal size.
void add(Signal& into, Signal other);
/// Every value of `signal` later by its own number of seconds; a constant is what it was.
void postpone(Signal& signal, const PerNeuron& seconds);
/// The projections of a population that receives `signal`, one for each population in it; two where a synapse would have two
/// delays, and so on. Their names, biases and targets are the caller's.
[[nodiscard]] std::vector<Projection> projections_of(Signal signal);

}  // namespace spikefab
