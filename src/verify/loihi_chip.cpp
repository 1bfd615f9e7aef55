// SPDX-License-Identifier: Apache-2.0
// The network in the chip's numbers, placed a few neurons to a core, and everything that its cores announce.
#include "verify/loihi_chip.hpp"

#include "base/error.hpp"
#include "chip/chip.hpp"
#include "config/reader.hpp"
#include "network/lowered.hpp"
#include "plan/place.hpp"
#include "verify/shipped_chips.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab::verify {
namespace {

constexpr std::size_t most_neurons = 4096;  // where a check through the chip would take longer than it tells
constexpr std::size_t cores_to_fill = 24;   // of 128: spikes cross the mesh, and every population is split
constexpr std::int32_t longest_delay = 63;  // of Loihi 2; one more than Loihi has

/// Population 0 of the placed network is the input.
[[nodiscard]] PopulationId placed(std::size_t population) {
    return PopulationId{population == LoihiProjection::from_input ? 0 : population + 1};
}

[[nodiscard]] std::size_t neurons_of(const LoihiNetwork& network) {
    std::size_t neurons = 0;
    for (const NeuronTable& population : network.populations) neurons += population.rows.size();
    return neurons;
}

[[nodiscard]] LoweredProjection lowered(const LoihiProjection& projection, std::size_t sources, std::size_t number) {
    LoweredProjection result{
        .name = fmt::format("projection {}", number), .source = placed(projection.source), .target = placed(projection.target)};
    result.weight_exponent = projection.exponent;
    result.weights.rows = static_cast<std::uint32_t>(projection.weights.size());
    result.weights.columns = static_cast<std::uint32_t>(sources);
    for (std::size_t target = 0; target < projection.weights.size(); ++target) {
        for (std::size_t source = 0; source < sources; ++source) {
            const std::int32_t weight = projection.weights[target].at(source);
            if (weight == 0) continue;
            result.weights.sources.push_back(static_cast<std::uint32_t>(source));
            result.weights.values.push_back(static_cast<float>(weight));
            if (!projection.delays.empty())
                result.delays.push_back(static_cast<std::uint8_t>(projection.delays.at(target).at(source)));
        }
        result.weights.offsets.push_back(result.weights.entries());
    }
    return result;
}

[[nodiscard]] LoweredNetwork lowered(const LoihiNetwork& network) {
    LoweredNetwork result{.name = "vector", .neuron_model = network.populations.front().model};
    const auto add = [&](std::string name, std::size_t size) -> LoweredPopulation& {
        const PopulationId id = result.populations.push_back({.name = std::move(name), .size = size});
        result.populations[id].shape = {static_cast<std::uint32_t>(size)};
        return result.populations[id];
    };
    add("input", network.input_lines).is_input = true;
    for (std::size_t i = 0; i < network.populations.size(); ++i) {
        const NeuronTable& neurons = network.populations[i];
        add(fmt::format("population {}", i), neurons.rows.size()).parameters = neurons.parameters();
    }
    for (const LoihiProjection& projection : network.projections)
        result.projections.push_back(
            lowered(projection, result.populations[placed(projection.source)].size, result.projections.size()));
    result.outputs = {placed(0)};
    return result;
}

[[nodiscard]] ChipPlan plan_of(const LoihiNetwork& network) {
    config::Tree tree = shipped_chip("loihi");
    config::expand(tree);
    const auto set = [&](std::string_view path, const auto& value) {
        config::assign(tree, fmt::format("cores.neuro.{}={}", path, value));
    };
    set("neuron.model", network.populations.front().model);
    set("neurons", (neurons_of(network) + cores_to_fill - 1) / cores_to_fill);
    set("max_delay", longest_delay + 1);
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// What the vector's row t calls step t is the chip's step t + 1.
class VectorInput final : public InputSource {
public:
    explicit VectorInput(const std::vector<std::vector<std::size_t>>& rows) {
        for (const auto& row : rows) {
            spikes_.emplace_back(row.begin(), row.end());
            std::sort(spikes_.back().begin(), spikes_.back().end());
        }
    }
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override {
        if (step == 0 || step > spikes_.size()) return {};
        return spikes_[step - 1];
    }
    [[nodiscard]] bool resets_before(std::uint64_t /*step*/) override { return false; }

private:
    std::vector<std::vector<std::uint32_t>> spikes_;
};

class StateRecorder final : public RunObserver, public CycleObserver {
public:
    explicit StateRecorder(const LoihiNetwork& network) {
        std::vector<std::vector<std::int64_t>> potentials;
        std::vector<std::vector<std::int32_t>> spikes;
        for (const NeuronTable& population : network.populations) {
            potentials.emplace_back(population.rows.size(), 0);
            spikes.emplace_back(population.rows.size(), 0);
        }
        states.potentials.assign(network.inputs.size(), potentials);
        states.spikes.assign(network.inputs.size(), spikes);
    }

    [[nodiscard]] CycleObserver* cycles() override { return this; }
    [[nodiscard]] bool wants_resting_cores() const override { return true; }
    void pass_done(const CoreImage& core, const PassEvent& pass) override {
        if (pass.step > states.potentials.size()) return;
        auto& potentials = states.potentials[pass.step - 1];
        auto& spikes = states.spikes[pass.step - 1];
        for (const PopulationSlice& slice : core.slices) {
            const std::size_t population = slice.population.value() - 1;
            for (std::uint32_t i = 0; i < slice.count; ++i)
                potentials[population][slice.first + i] = static_cast<std::int64_t>(pass.potentials[slice.at + i]);
            for (const Spike& spike : pass.spikes)
                if (spike.neuron >= slice.at && spike.neuron < slice.at + slice.count)
                    spikes[population][slice.first + spike.neuron - slice.at] = spike.payload;
        }
    }

    LoihiStates states;
};

void check_matrix(const LoihiProjection::Matrix& matrix, std::size_t rows, std::size_t columns, std::string_view what) {
    if (matrix.size() != rows) throw InputError{fmt::format("{}: {} rows for {} neurons", what, matrix.size(), rows)};
    for (const auto& row : matrix)
        if (row.size() != columns)
            throw InputError{fmt::format("{}: a row of {} values for {} sources", what, row.size(), columns)};
}

}  // namespace

void check_shapes(const LoihiNetwork& network) {
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
        const LoihiProjection& projection = network.projections[i];
        const bool from_input = projection.source == LoihiProjection::from_input;
        if (projection.target >= network.populations.size() || (!from_input && projection.source >= network.populations.size()))
            throw InputError{
                fmt::format("projection {} joins populations of which there are only {}", i, network.populations.size())};
        const std::size_t targets = network.populations[projection.target].rows.size();
        const std::size_t sources = from_input ? network.input_lines : network.populations[projection.source].rows.size();
        check_matrix(projection.weights, targets, sources, fmt::format("weights of projection {}", i));
        if (!projection.delays.empty())
            check_matrix(projection.delays, targets, sources, fmt::format("delays of projection {}", i));
    }
    for (std::size_t step = 0; step < network.inputs.size(); ++step)
        for (const std::size_t line : network.inputs[step])
            if (line >= network.input_lines)
                throw InputError{
                    fmt::format("inputs: line {} spikes in step {}; there are {}", line, step, network.input_lines)};
}

bool fits_loihi_chip(const LoihiNetwork& network) {
    if (network.populations.empty() || network.input_lines == 0 || neurons_of(network) > most_neurons) return false;
    for (const NeuronTable& population : network.populations)
        if (population.rows.empty() || population.model != network.populations.front().model ||
            population.columns != network.populations.front().columns)
            return false;
    const bool graded = network.populations.front().model == "loihi_ternary";
    for (const LoihiProjection& projection : network.projections) {
        if (projection.source != LoihiProjection::from_input && projection.graded != graded) return false;
        for (const auto& row : projection.delays)
            if (std::any_of(row.begin(), row.end(), [](std::int32_t delay) { return delay > longest_delay; })) return false;
    }
    return true;
}

LoihiStates run_on_loihi_chip(const LoihiNetwork& network) {
    const ChipPlan plan = plan_of(network);
    const Placement placement = place(lowered(network), plan);
    VectorInput input{network.inputs};
    StateRecorder recorder{network};
    Chip chip{plan, placement, input, recorder, 0};
    chip.run(network.inputs.size());
    return std::move(recorder.states);
}

void compare_chip(Comparison& comparison, const nlohmann::json& expected, std::size_t population, const LoihiStates& states) {
    const std::string unit = fmt::format("on the chip: population {} neuron", population);
    for (std::size_t row = 0; row < states.potentials.size(); ++row) {
        const auto& potentials = states.potentials[row][population];
        for (std::size_t neuron = 0; neuron < potentials.size(); ++neuron) {
            const auto expect = [&](const char* key, std::int64_t actual) {
                comparison.check(key, "step", row, unit, neuron, expected.at(key).at(row).at(neuron).get<std::int64_t>(),
                                 actual);
            };
            expect("v", potentials[neuron]);
            expect("s", states.spikes[row][population][neuron]);
        }
    }
}

}  // namespace spikefab::verify
