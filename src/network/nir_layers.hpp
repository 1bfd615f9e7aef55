// SPDX-License-Identifier: Apache-2.0
// What single NIR nodes mean: linear nodes as matrices, neuron nodes as populations.
#pragma once

#include "network/network.hpp"
#include "network/nir_graph.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace spikefab {

/// A linear node applied to an input of known shape: output = matrix * input + bias.
struct LinearLayer {
    LayerShape output{};
    std::optional<SparseMatrix<double>> matrix{};  ///< nothing: the identity
    std::vector<double> bias{};                    ///< empty: none
    std::optional<LayerWork> work{};               ///< nothing: free
};

[[nodiscard]] bool is_linear(std::string_view type);
[[nodiscard]] bool is_neuron(std::string_view type);
[[nodiscard]] bool is_delay(std::string_view type);

/// InputError names the node when `input` does not fit it or its datasets make no sense.
[[nodiscard]] LinearLayer linear_layer(const NirNode& node, const LayerShape& input);

/// Seconds by which each value of a Delay node comes later. InputError for what is no delay.
[[nodiscard]] PerNeuron delay_of(const NirNode& node, const LayerShape& input);

/// The neurons of an IF, LIF or CubaLIF node that receives something of shape `input`.
[[nodiscard]] Population neuron_population(const NirNode& node, const LayerShape& input);

/// The shape that `node` expects, as far as its own datasets tell; for a graph that has no Input node.
[[nodiscard]] std::optional<LayerShape> expected_input(const NirNode& node);

/// The shape in dataset `key`, without a leading batch of 1. InputError names the node.
[[nodiscard]] LayerShape declared_shape(const NirNode& node, std::string_view key);

/// Equal but for dimensions of size 1.
[[nodiscard]] bool same_but_for_ones(const LayerShape& left, const LayerShape& right);

[[nodiscard]] std::string to_text(const LayerShape& shape);

}  // namespace spikefab
