// SPDX-License-Identifier: Apache-2.0
// How integer weights become axon types on a crossbar of one-bit synapses.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace spikefab {

/// Weights of up to four axon types such that every weight of a neuron is a sum of some of them. A source arrives on
/// `copies` axons, of types 0, 1, ...; a set bit t of a mask is a synapse with copy t.
struct AxonCode {
    unsigned copies = 1;
    std::array<std::int16_t, 4> type_weights{};
    std::map<int, std::uint8_t> mask_of_weight{};
};

/// The code with the fewest copies for the different nonzero weights of a neuron; nothing when four types cannot make them.
/// Tries their own subsets as types (so: any four values, and {a, b, a + b}, ...), and the binary codes g, 2g, 4g, 8g with
/// and without a negative highest (so: every multiple of g from -8g to 7g).
[[nodiscard]] std::optional<AxonCode> axon_code(std::span<const int> weights);

/// The range of the four-bit binary code (1, 2, 4, -8).
constexpr int widest_negative_code = -8;
constexpr int widest_positive_code = 7;

}  // namespace spikefab
