// SPDX-License-Identifier: Apache-2.0
// A population of one registered neuron model, built from a vector's numbers and read back by key.
#pragma once

#include "models/neuron/neuron_model.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace spikefab::verify {

/// Neurons of one model: one row of parameters for each.
struct NeuronTable {
    std::string model{};
    std::vector<std::string> columns{};
    std::vector<std::vector<double>> rows{};

    [[nodiscard]] NeuronParameters parameters() const;
};

class NeuronPopulation final {
public:
    /// InputError for keys or values that the model refuses.
    explicit NeuronPopulation(const NeuronTable& table);

    [[nodiscard]] std::size_t size() const { return array_->size(); }
    void draw_from(DrawSource source) { array_->draw_from(source); }
    /// Runs step number `step` (from 1) with `sums`, one per neuron, and returns each neuron's payload (0: no spike).
    [[nodiscard]] std::span<const std::int32_t> step(std::uint64_t step, std::span<const std::int32_t> sums);
    /// The value of the state field `key` after `step`. InputError when the model has no such field.
    [[nodiscard]] std::int64_t state(std::size_t neuron, std::uint64_t step, std::string_view key);

private:
    std::unique_ptr<NeuronArray<std::int32_t>> array_;
    std::vector<std::uint64_t> due_;
    std::vector<std::int32_t> input_;
    std::vector<std::int32_t> payloads_;
    std::vector<Spike> spikes_;
};

}  // namespace spikefab::verify
