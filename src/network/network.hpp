// SPDX-License-Identifier: Apache-2.0
// The network as it was read: real-valued, of no chip. Populations of neurons, and projections between them in
// which every chain of linear nodes (convolutions, pools, flattenings, dense layers) is one sparse matrix.
#pragma once

#include "base/ids.hpp"
#include "network/sparse_matrix.hpp"

#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

enum class PopulationKind { input, integrate_and_fire, leaky, current_based };

[[nodiscard]] constexpr std::string_view to_string(PopulationKind kind) {
    switch (kind) {
        case PopulationKind::input:
            return "input";
        case PopulationKind::integrate_and_fire:
            return "IF";
        case PopulationKind::leaky:
            return "LIF";
        case PopulationKind::current_based:
            return "CubaLIF";
    }
    return "?";
}

/// A parameter of a population: one value for all of its neurons, or one for each.
struct PerNeuron {
    std::vector<double> values{0.0};

    [[nodiscard]] double operator[](std::size_t neuron) const { return values[values.size() == 1 ? 0 : neuron]; }
    [[nodiscard]] bool uniform() const { return values.size() == 1; }
};

/// A shape without batch: (channels, height, width), or (neurons).
using LayerShape = std::vector<std::uint32_t>;

[[nodiscard]] constexpr std::size_t elements(const LayerShape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
}

/// Neurons with one equation; parameters carry NIR's names and units (tau in s, potentials dimensionless).
///   IF       v' = r I
///   LIF      tau_mem v' = (v_leak - v) + r I
///   CubaLIF  tau_syn I' = -I + w_in S;  tau_mem v' = (v_leak - v) + r I
/// A spike when v > v_threshold (strictly), then v = v_reset.
/// Source: NIR 1.0.8, docs/source/primitives.md.
struct Population {
    std::string name{};
    LayerShape shape{};
    PopulationKind kind = PopulationKind::input;
    PerNeuron tau_mem{}, tau_syn{}, r{}, v_leak{}, v_threshold{}, v_reset{}, w_in{};

    [[nodiscard]] std::size_t size() const { return elements(shape); }
};

/// What one population sends to another: target input += weights * source spikes + bias.
struct Projection {
    std::string name{};  ///< the names of the nodes it was composed of, joined by " > "
    PopulationId source{}, target{};
    SparseMatrix<double> weights{};  ///< rows: neurons of target; columns: neurons of source (row-major in C, H, W)
    std::vector<double> bias{};      ///< per neuron of target, every step; or empty
    std::vector<double> delays{};    ///< parallel to the weights: how many seconds later each acts; empty: none
    std::uint32_t delay = 0;         ///< extra steps, beyond the one that every spike takes
};

/// The dense work of one layer as it was written (a convolution counted as a convolution), for one sample and one step:
/// what a GPU would do. Flattenings are free and not listed; a neuron layer is taken as fused with the layer before it.
struct LayerWork {
    std::string name{};
    std::uint64_t flops = 0;       ///< 2 x multiply-accumulates
    std::uint64_t parameters = 0;  ///< numbers read as weights and biases
    std::uint64_t inputs = 0;      ///< activations read
    std::uint64_t outputs = 0;     ///< activations written
};

struct Network {
    std::string name{};
    IdVector<PopulationId, Population> populations{};  ///< every source before its targets; inputs first
    std::vector<Projection> projections{};             ///< ordered by target, then source
    std::vector<PopulationId> outputs{};
    std::vector<LayerWork> work{};                  ///< in the order of the layers
    std::map<std::string, std::string> metadata{};  ///< as in the file: "dt", "steps", "encoding", "reset", ...
    std::vector<std::string> notes{};               ///< what a reader had to assume, one sentence each

    [[nodiscard]] std::size_t neurons() const;     ///< without inputs
    [[nodiscard]] std::uint64_t synapses() const;  ///< weights kept
};

/// The work of every layer as recorded by the reader or, where nothing was recorded, each projection as a dense layer.
[[nodiscard]] std::vector<LayerWork> layer_work(const Network& network);

/// Checks what every reader and generator promises: shapes, parameter lengths, matrix sizes, order, finite numbers.
/// InputError names the population or projection that breaks it.
void check(const Network& network);

}  // namespace spikefab
