// SPDX-License-Identifier: Apache-2.0
// Convolutions and pools of NIR as sparse matrices.
#pragma once

#include "network/nir_layers.hpp"

namespace spikefab {

/// Conv2d (cross-correlation, as in PyTorch), SumPool2d or AvgPool2d (padding counts as zeros) on (channels, height, width).
[[nodiscard]] LinearLayer window_layer(const NirNode& node, const LayerShape& input);

/// The input that a Conv2d expects, when it says its height and width.
[[nodiscard]] std::optional<LayerShape> expected_window_input(const NirNode& node);

/// The finite values of dataset `bias`, which must be `count`; none when there is no such dataset.
[[nodiscard]] std::vector<double> bias_of(const NirNode& node, std::size_t count);

/// Appends an entry to the last row of a matrix under construction; zeros are no synapses.
inline void append(SparseMatrix<double>& matrix, std::uint32_t column, double value) {
    if (value == 0.0) return;
    matrix.sources.push_back(column);
    matrix.values.push_back(value);
}

}  // namespace spikefab
