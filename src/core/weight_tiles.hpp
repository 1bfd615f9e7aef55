// SPDX-License-Identifier: Apache-2.0
// A core's weights cut into as many crossbar tiles as they need, and what its table of neurons says of their columns.
#pragma once

#include "core/crossbar_tile.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spikefab {

/// `array` must outlive the tiles. `name` is that of the core's random streams. InputError for a pulse in which the slowest
/// line does not settle.
[[nodiscard]] std::vector<CrossbarTile> make_tiles(const WeightLists& lists, std::size_t neurons, const ArrayDescription& array,
                                                   std::uint64_t seed, const std::string& name);

/// The "threshold" of every neuron, in units of the weight sum.
[[nodiscard]] std::vector<double> thresholds_of(const NeuronParameters& table);

}  // namespace spikefab
