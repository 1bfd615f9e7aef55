// SPDX-License-Identifier: Apache-2.0
// Runs a network on a simulated chip and keeps every spike, for comparison with a plain functional simulation.
#pragma once

#include "chip/chip.hpp"
#include "config/reader.hpp"
#include "places.hpp"
#include "plan/place.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace spikefab::testing_support {

/// Spikes of one population in one step, as neuron numbers.
using SpikeSet = std::set<std::uint32_t>;
/// [step - 1][population]
using SpikeRecord = std::vector<std::vector<SpikeSet>>;
/// [step - 1]: input neurons that fire, rising
using InputSpikes = std::vector<std::vector<std::uint32_t>>;

class FixedSource final : public InputSource {
public:
    FixedSource(const InputSpikes& spikes, std::uint64_t reset_every) : spikes_{spikes}, reset_every_{reset_every} {}
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override { return spikes_.at(step - 1); }
    [[nodiscard]] bool resets_before(std::uint64_t step) override { return (step - 1) % reset_every_ == 0; }
    [[nodiscard]] bool learns(std::uint64_t step) override { return step > learns_after; }

    std::uint64_t learns_after = 0;

private:
    const InputSpikes& spikes_;
    std::uint64_t reset_every_;
};

class SpikeKeeper final : public RunObserver {
public:
    SpikeKeeper(std::size_t step_count, std::size_t populations) : record(step_count, std::vector<SpikeSet>(populations)) {}
    void fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) override {
        for (const Spike& spike : spikes)
            for (const PopulationSlice& slice : core.slices)
                if (spike.neuron >= slice.at && spike.neuron < slice.at + slice.count)
                    record[step - 1][slice.population.value()].insert(slice.first + spike.neuron - slice.at);
    }
    void answered(std::uint64_t step, std::uint32_t neuron, std::int32_t /*payload*/) override {
        answers.emplace_back(step, neuron);
    }
    void step_done(const StepEvent& event) override { steps.push_back(event); }

    SpikeRecord record;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> answers;
    std::vector<StepEvent> steps;
};

inline ChipPlan chip_file(const std::string& name, const std::vector<std::string>& assignments = {}) {
    config::Tree tree = config::load(source_folder() + "/configs/chips/" + name);
    for (const std::string& assignment : assignments) config::assign(tree, assignment);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

}  // namespace spikefab::testing_support
