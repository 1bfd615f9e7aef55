// SPDX-License-Identifier: Apache-2.0
// Runs populations of Loihi neurons and their projections on a simulated chip (configs/chips/loihi.yaml): spread over many
// cores, every spike a packet on the network-on-chip.
#pragma once

#include "verify/comparison.hpp"
#include "verify/neuron_population.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace spikefab::verify {

/// Weights from one population, or from the input lines, to another.
struct LoihiProjection {
    static constexpr std::size_t from_input = static_cast<std::size_t>(-1);
    using Matrix = std::vector<std::vector<std::int32_t>>;
    std::size_t source = from_input;
    std::size_t target = 0;
    Matrix weights{};  ///< [target][source], as stored
    std::int32_t exponent = 0;
    Matrix delays{};      ///< of the same shape; empty: none
    bool graded = false;  ///< weights are multiplied by what a spike carries, not by 1
};

struct LoihiNetwork {
    std::vector<NeuronTable> populations{};
    std::vector<LoihiProjection> projections{};
    std::vector<std::vector<std::size_t>> inputs{};  ///< by step: the input lines that spike
    std::size_t input_lines = 0;
};

/// v and payload of every neuron of every population after every step.
struct LoihiStates {
    std::vector<std::vector<std::vector<std::int64_t>>> potentials{};  ///< [step][population][neuron]
    std::vector<std::vector<std::vector<std::int32_t>>> spikes{};
};

/// InputError when a projection names a population, a matrix has a row, or an input a line that is not there.
void check_shapes(const LoihiNetwork& network);
/// True when one chip can hold the network: neurons of one model, whose spikes mean the same there, delays within reach.
[[nodiscard]] bool fits_loihi_chip(const LoihiNetwork& network);
/// Needs a process of its own (isolated.hpp).
[[nodiscard]] LoihiStates run_on_loihi_chip(const LoihiNetwork& network);
/// v and s of population `population` against rows of `expected`'s "v" and "s".
void compare_chip(Comparison& comparison, const nlohmann::json& expected, std::size_t population, const LoihiStates& states);

}  // namespace spikefab::verify
