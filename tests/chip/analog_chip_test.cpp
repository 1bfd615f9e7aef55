// SPDX-License-Identifier: Apache-2.0
// Whole chips with analog cores: perfect arrays fire as a digital chip, frames take their time, energy adds up, bytes repeat.
#include "base/random.hpp"
#include "reference/recorded_run.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing_support::FixedSource;
using testing_support::InputSpikes;
using testing_support::SpikeKeeper;

constexpr std::uint32_t inputs = 200;
constexpr std::uint32_t neurons = 150;
constexpr std::size_t steps = 12;

/// A dense layer of random whole weights; thresholds that no sum of them meets exactly.
LoweredNetwork dense_network(const std::vector<std::string>& columns, const std::vector<double>& row) {
    LoweredNetwork network;
    network.name = "dense";
    network.populations.push_back({.name = "pixels", .shape = {inputs}, .size = inputs, .is_input = true, .parameters = {}});
    LoweredPopulation layer{.name = "layer", .shape = {neurons}, .size = neurons, .parameters = {}};
    layer.parameters = {.columns = columns, .rows = {row}, .row_of_neuron = std::vector<std::uint16_t>(neurons, 0)};
    network.populations.push_back(layer);
    LoweredProjection projection{
        .name = "all", .source = PopulationId{0U}, .target = PopulationId{1U}, .weights = {}, .axons = {}};
    projection.weights.rows = neurons;
    projection.weights.columns = inputs;
    Rng rng{3, "weights"};
    for (std::uint32_t n = 0; n < neurons; ++n) {
        for (std::uint32_t i = 0; i < inputs; ++i) {
            projection.weights.sources.push_back(i);
            projection.weights.values.push_back(static_cast<float>(rng.below(100)) - 49.5F);
        }
        projection.weights.offsets.push_back(projection.weights.sources.size());
    }
    network.projections.push_back(projection);
    network.outputs = {PopulationId{1U}};
    return network;
}

InputSpikes random_input() {
    InputSpikes input(steps);
    Rng rng{4, "input"};
    for (std::size_t step = 0; step + 2 < steps; ++step)
        for (std::uint32_t i = 0; i < inputs; ++i)
            if (rng.uniform() < 0.1) input[step].push_back(i);
    return input;
}

struct Run {
    SpikeKeeper keeper{steps, 2};
    ActivityCounts activity;
    ChipTotals totals;
};

std::unique_ptr<Run> run(const ChipPlan& plan, const LoweredNetwork& network) {
    const Placement placement = place(network, plan);
    const InputSpikes input = random_input();
    FixedSource source{input, 1000};
    auto result = std::make_unique<Run>();
    Chip chip{plan, placement, source, result->keeper, 1};
    chip.run(steps);
    result->activity = chip.activity();
    result->totals = chip.totals();
    return result;
}

const std::vector<std::string> lif_columns{"leak", "threshold"};
const std::vector<double> lif_row{0.5, 100.3};
const std::vector<std::string> perfect{"cores.xbar.array.mode=ideal", "cores.xbar.array.device.model=gaussian",
                                       "cores.xbar.column.adc.bits=0"};

/// What a plain simulation of the layer gives: spikes of neurons by step.
std::vector<testing_support::SpikeSet> plain_simulation(const LoweredNetwork& network) {
    const InputSpikes input = random_input();
    std::vector<testing_support::SpikeSet> spikes(steps);
    for (std::uint32_t n = 0; n < neurons; ++n) {
        double potential = 0.0;
        for (std::size_t step = 1; step < steps; ++step) {
            potential *= 0.5;
            for (const std::uint32_t i : input[step - 1])
                potential += static_cast<double>(network.projections[0].weights.values_of(n)[i]);
            if (potential <= 100.3) continue;
            spikes[step].insert(n);
            potential = 0.0;
        }
    }
    return spikes;
}

TEST(AnalogChip, with_perfect_arrays_fires_as_the_equations_say) {
    const LoweredNetwork network = dense_network(lif_columns, lif_row);
    const auto analog = run(testing_support::chip_file("memristor-crossbar.yaml", perfect), network);
    const auto expected = plain_simulation(network);
    std::size_t count = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        EXPECT_EQ(analog->keeper.record[step][1], expected[step]) << "step " << step + 1;
        count += expected[step].size();
    }
    EXPECT_GT(count, 100U);
    EXPECT_EQ(analog->totals.late_spikes, 0U);
}

TEST(AnalogChip, counts_what_its_arrays_did) {
    const auto analog = run(testing_support::chip_file("memristor-crossbar.yaml"), dense_network(lif_columns, lif_row));
    const ActivityCounts& activity = analog->activity;
    // 200 rows in two blocks, 150 neurons on two cores: three blocks of 64 columns pairs, 2 x 3 arrays.
    EXPECT_EQ(analog->totals.arrays, 6U);
    EXPECT_EQ(analog->totals.programming.cells, 200U * 150U * 2U);
    EXPECT_EQ(activity[Activity::array_read], 6U * 10U);  // ten steps have input
    EXPECT_EQ(activity[Activity::adc_conversion], 2U * 150U * 10U);
    EXPECT_EQ(activity[Activity::energy_columns], activity[Activity::adc_conversion] * 1'670'000U);
    EXPECT_EQ(activity[Activity::energy_drivers], activity[Activity::row_pulse] * 39'000U);
    EXPECT_GT(activity[Activity::energy_cells], 5 * activity[Activity::energy_wires]);
    EXPECT_GT(activity[Activity::energy_wires], 0U);
    EXPECT_EQ(activity[Activity::synaptic_event] % neurons, 0U);
}

TEST(AnalogChip, adds_pulse_conversions_and_sampling_to_a_step) {
    const auto slow = run(testing_support::chip_file("memristor-crossbar.yaml",
                                                     {"cores.xbar.array.mode=ideal", "cores.xbar.column.adc.t=100 ns"}),
                          dense_network(lif_columns, lif_row));
    // In the second step a core reads: 10 ns pulse, 64 conversions of 100 ns, 1 ns, then its neurons.
    EXPECT_GT(slow->keeper.steps[1].busy_until - slow->keeper.steps[1].start, 10'000 + 64 * 100'000 + 1'000);
    EXPECT_LT(slow->keeper.steps[1].busy_until - slow->keeper.steps[1].start, 64 * 100'000 + 2'000'000);
}

TEST(AnalogChip, of_tunnel_junctions_repeats_itself_and_fires_by_chance) {
    const auto junctions =
        run(testing_support::chip_file("mtj.yaml", {"cores.xbar.array.mode=ideal"}), dense_network({"threshold"}, {150.0}));
    std::size_t count = 0;
    for (const auto& step : junctions->keeper.record) count += step[1].size();
    EXPECT_GT(count, 50U);
    EXPECT_LT(count, 10U * neurons / 2);
    EXPECT_GT(junctions->activity[Activity::energy_columns], 10'000U * 10U * neurons);  // at least 10 fJ a pulse
}

}  // namespace
}  // namespace spikefab
