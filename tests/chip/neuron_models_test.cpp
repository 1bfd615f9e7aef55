// SPDX-License-Identifier: Apache-2.0
// Every kind of neuron from a network to spikes on a chip: two layers, lowered, placed and run, spike for spike and value for
// value as the neurons give them when they are stepped by hand.
#include "base/random.hpp"
#include "core/core_settings.hpp"
#include "network/dendrites.hpp"
#include "network/lowering.hpp"
#include "network/neuron_overrides.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <memory>

namespace spikefab {
namespace {

using testing_support::chip_file;
using testing_support::FixedSource;
using testing_support::InputSpikes;

constexpr std::uint32_t inputs = 12, hidden = 10, outputs = 6;
constexpr std::uint64_t steps = 60;

/// [step - 1][population][neuron] = payload
using Payloads = std::vector<std::vector<std::vector<std::int32_t>>>;

Payloads silence(const LoweredNetwork& network) {
    std::vector<std::vector<std::int32_t>> none;
    for (const LoweredPopulation& population : network.populations) none.emplace_back(population.size, 0);
    return Payloads(steps, none);
}

class PayloadKeeper final : public RunObserver {
public:
    explicit PayloadKeeper(Payloads empty) : payloads{std::move(empty)} {}
    void fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) override {
        for (const Spike& spike : spikes)
            for (const PopulationSlice& slice : core.slices)
                if (spike.neuron >= slice.at && spike.neuron < slice.at + slice.count)
                    payloads[step - 1][slice.population.value()][slice.first + spike.neuron - slice.at] = spike.payload;
    }
    void answered(std::uint64_t /*step*/, std::uint32_t neuron, std::int32_t payload) override { votes[neuron] += payload; }
    Payloads payloads;
    std::map<std::uint32_t, std::int64_t> votes;
};

SparseMatrix<double> random_matrix(std::uint32_t rows, std::uint32_t columns, Rng& rng) {
    SparseMatrix<double> matrix{.rows = rows, .columns = columns};
    for (std::uint32_t row = 0; row < rows; ++row) {
        for (std::uint32_t column = 0; column < columns; ++column) {
            matrix.sources.push_back(column);
            matrix.values.push_back(0.75 * rng.uniform() - 0.2);
        }
        matrix.offsets.push_back(matrix.entries());
    }
    return matrix;
}

/// IF layers at dt = 1 s, so a weight of 1 adds 1.
Network two_layers() {
    Rng rng{6, "two_layers"};
    Network network{.name = "two"};
    const auto neurons = [](const char* name, std::uint32_t size) {
        return Population{
            .name = name, .shape = {size}, .kind = PopulationKind::integrate_and_fire, .r = {{1.0}}, .v_threshold = {{1.0}}};
    };
    network.populations.push_back({.name = "input", .shape = {inputs}});
    network.populations.push_back(neurons("hidden", hidden));
    network.populations.push_back(neurons("answer", outputs));
    network.projections.push_back({.name = "first",
                                   .source = PopulationId{0U},
                                   .target = PopulationId{1U},
                                   .weights = random_matrix(hidden, inputs, rng)});
    network.projections.push_back({.name = "second",
                                   .source = PopulationId{1U},
                                   .target = PopulationId{2U},
                                   .weights = random_matrix(outputs, hidden, rng)});
    network.outputs = {PopulationId{2U}};
    return network;
}

InputSpikes random_input() {
    Rng rng{8, "input"};
    InputSpikes spikes(steps);
    for (std::uint64_t step = 0; step < steps - 10; ++step)  // silent at the end
        for (std::uint32_t neuron = 0; neuron < inputs; ++neuron)
            if (rng.uniform() < 0.3) spikes[step].push_back(neuron);
    return spikes;
}

template <class Input>
class Layers {
public:
    Layers(const LoweredNetwork& network, const NeuronModel& model) : network_{network} {
        for (const LoweredPopulation& population : network.populations) {
            if (population.is_input) {
                arrays_.emplace_back();
            } else if constexpr (std::is_same_v<Input, double>) {
                arrays_.push_back(model.make_real_array(population.parameters));
            } else {
                arrays_.push_back(model.make_integer_array(population.parameters));
            }
        }
    }

    /// What the spikes of the step before make of this one.
    void step(std::uint64_t step, const std::vector<std::vector<std::int32_t>>& before,
              std::vector<std::vector<std::int32_t>>& now) {
        for (std::uint32_t p = 0; p < arrays_.size(); ++p) {
            if (arrays_[p] == nullptr) continue;
            std::vector<Input> sums(network_.populations[PopulationId{p}].size);
            for (const LoweredProjection& projection : network_.projections)
                if (projection.target == PopulationId{p}) add(projection, before[projection.source.value()], sums);
            std::vector<std::uint64_t> due((sums.size() + 63) / 64, ~std::uint64_t{0});
            due.back() = (std::uint64_t{1} << (sums.size() % 64)) - 1;
            std::vector<Spike> spikes;
            arrays_[p]->step(step, due, sums, spikes);
            for (const Spike& spike : spikes) now[p][spike.neuron] = spike.payload;
        }
    }

private:
    static void add(const LoweredProjection& projection, const std::vector<std::int32_t>& payloads, std::vector<Input>& sums) {
        for (std::size_t row = 0; row < sums.size(); ++row) {
            const auto sources = projection.weights.sources_of(row);
            const auto values = projection.weights.values_of(row);
            for (std::size_t i = 0; i < sources.size(); ++i)
                sums[row] += static_cast<Input>(std::ldexp(values[i], projection.weight_exponent)) *
                             static_cast<Input>(payloads[sources[i]]);
        }
    }

    const LoweredNetwork& network_;
    std::vector<std::unique_ptr<NeuronArray<Input>>> arrays_;
};

template <class Input>
Payloads by_hand(const LoweredNetwork& network, const NeuronModel& model, const InputSpikes& input) {
    Layers<Input> layers{network, model};
    Payloads payloads = silence(network);
    for (std::uint64_t step = 1; step <= steps; ++step) {
        std::vector<std::vector<std::int32_t>> before = step == 1 ? silence(network).front() : payloads[step - 2];
        if (step > 1)
            for (const std::uint32_t neuron : input[step - 2]) before[0][neuron] = 1;
        layers.step(step, before, payloads[step - 1]);
    }
    return payloads;
}

struct Case {
    std::string name;
    std::string chip;
    std::string setting;
    NeuronOverrides neurons;
    bool values;  ///< spikes other than 1 occur
};

class OnChip : public testing::TestWithParam<Case> {};

TEST_P(OnChip, every_spike_and_its_value_is_that_of_the_neurons_alone) {
    const Case& given = GetParam();
    const ChipPlan plan = chip_file(given.chip, {given.setting});
    const auto& neuron = plan.core_type(CoreId{0U}).neuron;
    LoweredNetwork network = lower(two_layers(), neuron.name());
    override_parameters(network, given.neurons, *neuron);
    const InputSpikes input = random_input();
    const Payloads expected =
        neuron->integer() ? by_hand<std::int32_t>(network, *neuron, input) : by_hand<double>(network, *neuron, input);
    const Placement placement = place(network, plan);
    FixedSource source{input, 1000};
    PayloadKeeper keeper{silence(network)};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(steps);
    std::size_t of_hidden = 0, of_answer = 0, others_than_one = 0;
    for (std::uint64_t step = 0; step < steps; ++step) {
        for (const std::size_t population : {1U, 2U})
            ASSERT_EQ(keeper.payloads[step][population], expected[step][population]) << "step " << step + 1;
        for (const std::int32_t payload : expected[step][1]) of_hidden += payload != 0 ? 1U : 0U;
        for (const std::int32_t payload : expected[step][2]) {
            of_answer += payload != 0 ? 1U : 0U;
            others_than_one += payload != 0 && payload != 1 ? 1U : 0U;
        }
    }
    EXPECT_GT(of_hidden, 10U);
    EXPECT_GT(of_answer, 5U);
    EXPECT_EQ(others_than_one > 0, given.values);
}

INSTANTIATE_TEST_SUITE_P(
    Every, OnChip,
    testing::Values(
        Case{"alif", "float-mesh.yaml", "cores.core.neuron.model=alif", {{"hidden", {{"adaptation", "0.5"}}}}, false},
        Case{"izhikevich",
             "float-mesh.yaml",
             "cores.core.neuron={model: izhikevich, a: 0.1, d: 2}",
             {{"hidden", {{"bias", "10"}}}, {"answer", {{"bias", "6"}}}},
             false},
        Case{"resonate_and_fire",
             "float-mesh.yaml",
             "cores.core.neuron.model=resonate_and_fire",
             {{"answer", {{"threshold", "0.2"}}}},
             false},
        Case{"loihi_ternary",
             "loihi.yaml",
             "cores.neuro.neuron.model=loihi_ternary",
             {{"hidden", {{"lower_threshold", "-20"}}}, {"answer", {{"lower_threshold", "-20"}}}},
             true},
        Case{"loihi_dendrites",
             "loihi.yaml",
             "cores.neuro.neuron.model=loihi_dendrites",
             {{"hidden", {{"refractory", "2"}, {"reset_interval", "7"}, {"v_min", "-9000"}}}},
             false},
        Case{"sigma_delta", "loihi.yaml", "cores.neuro.neuron.model=sigma_delta", {}, true},
        Case{"akida", "loihi.yaml", "cores.neuro.neuron.model=akida", {}, true}),
    [](const auto& given) { return given.param.name; });

/// A gate of context neurons on the hidden layer: PASS opens it, and only the neurons that recognise the context answer.
TEST(DendritesOnChip, gate_their_neurons_by_context) {
    const ChipPlan plan = chip_file("loihi.yaml", {"cores.neuro.neuron.model=loihi_dendrites"});
    Network network = two_layers();
    network.populations.push_back(network.populations[PopulationId{1U}]);
    network.populations[PopulationId{3U}].name = "gate";
    SparseMatrix<double> segments{.rows = hidden, .columns = inputs};
    for (std::uint32_t neuron = 0; neuron < hidden; ++neuron) {
        if (neuron % 2 == 0) {  // even neurons recognise the last input
            segments.sources.push_back(inputs - 1);
            segments.values.push_back(2.0);
        }
        segments.offsets.push_back(segments.entries());
    }
    network.projections.push_back(
        {.name = "segments", .source = PopulationId{0U}, .target = PopulationId{3U}, .weights = std::move(segments)});
    LoweredNetwork lowered = lower(network, "loihi_dendrites");
    attach_dendrites(lowered,
                     {{.compartment = "gate", .parent = "hidden", .join = DendriteJoin::pass, .passes = DendritePass::spike}});
    const Placement placement = place(lowered, plan);
    ASSERT_EQ(placement.cores.size(), 1U);
    ASSERT_EQ(placement.neurons(), hidden * 2U + outputs);
    InputSpikes input(steps);
    for (std::uint64_t step = 0; step < steps; ++step)
        for (std::uint32_t neuron = 0; neuron + 1 < inputs; ++neuron) input[step].push_back(neuron);
    for (std::uint64_t step = 20; step < 40; ++step) input[step].push_back(inputs - 1);
    FixedSource source{input, 1000};
    PayloadKeeper keeper{silence(lowered)};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(steps);
    for (std::uint64_t step = 0; step < steps; ++step) {
        const bool open = step >= 21 && step < 41;
        std::size_t even = 0;
        for (std::uint32_t neuron = 0; neuron < hidden; ++neuron) {
            const std::int32_t fired = keeper.payloads[step][1][neuron];
            if (neuron % 2 == 1 || !open) {
                EXPECT_EQ(fired, 0) << "step " << step + 1 << ", neuron " << neuron;
            }
            even += fired != 0 ? 1U : 0U;
        }
        EXPECT_EQ(even > 0, open) << "step " << step + 1;
    }
}

class StochasticOnChip : public testing::TestWithParam<std::string> {};

/// The core alone, with the same draws as on the chip.
Payloads core_alone(const ChipPlan& plan, const Placement& placement, const InputSpikes& input, Payloads payloads) {
    const CoreDescription& type = plan.core_type(CoreId{0U});
    const CoreImage& image = placement.cores.front();
    const auto function = make_core_function(image, *type.neuron, {.longest_axon_delay = 1, .scan_by_neuron = true});
    function->draw_from(draw_source(type.random, 1, image.core));
    for (std::uint64_t step = 2; step <= steps; ++step) {
        for (const std::uint32_t neuron : input[step - 2])
            for (const Destination& to : placement.inputs[neuron]) static_cast<void>(function->receive(to.axon, 1, step));
        static_cast<void>(function->run(step));
        for (const Spike& spike : function->spikes()) payloads[step - 1][1][spike.neuron] = spike.payload;
    }
    return payloads;
}

/// The chip file makes synapses stochastic and picks the generator.
TEST_P(StochasticOnChip, synapses_draw_as_the_core_alone_does) {
    const ChipPlan plan = chip_file("truenorth.yaml", {"noc.topology={model: mesh, width: 2, height: 2}",
                                                       "cores.neurosynaptic.neuron={model: truenorth, stochastic_types: 15}",
                                                       "cores.neurosynaptic.random=" + GetParam()});
    Network network = two_layers();
    network.populations = {};
    for (const std::uint32_t population : {0U, 1U})
        network.populations.push_back(two_layers().populations[PopulationId{population}]);
    network.projections.pop_back();
    network.outputs = {PopulationId{1U}};
    LoweredNetwork lowered = lower(network, "truenorth");
    for (auto& weights : lowered.projections[0].axons.type_weights)
        for (std::int16_t& weight : weights) weight = static_cast<std::int16_t>(weight * 20);  // often enough to fire
    override_parameters(lowered, {{"hidden", {{"threshold", "3"}}}}, *plan.core_type(CoreId{0U}).neuron);
    const Placement placement = place(lowered, plan);
    ASSERT_EQ(placement.cores.size(), 1U);
    const InputSpikes input = random_input();
    const Payloads expected = core_alone(plan, placement, input, silence(lowered));
    FixedSource source{input, 1000};
    PayloadKeeper keeper{silence(lowered)};
    Chip chip{plan, placement, source, keeper, 1};
    chip.run(steps);
    std::int64_t spikes = 0;
    for (std::uint64_t step = 0; step < steps; ++step) {
        ASSERT_EQ(keeper.payloads[step][1], expected[step][1]) << "step " << step + 1;
        for (const std::int32_t payload : expected[step][1]) spikes += payload;
    }
    EXPECT_GT(spikes, 10);
}

INSTANTIATE_TEST_SUITE_P(TrueNorth, StochasticOnChip,
                         testing::Values("{generator: philox}", "{generator: shift_register}",
                                         "{generator: shift_register, seed: 9}"));

}  // namespace
}  // namespace spikefab
