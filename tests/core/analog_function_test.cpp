// SPDX-License-Identifier: Apache-2.0
// Analog cores: perfect arrays compute what digital cores do, whatever the encoding; energy, time and noise by hand.
#include "core/analog_function.hpp"
#include "base/error.hpp"
#include "base/random.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace spikefab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A core of `neurons` LIF neurons of threshold 100 that keep half of their potential per step.
CoreImage image_of(const std::vector<std::vector<float>>& weights) {
    const std::size_t neurons = weights.front().size();
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons.columns = {"leak", "threshold"};
    image.neurons.rows = {{0.5, 100.3}};
    image.neurons.row_of_neuron.assign(neurons, 0);
    WeightLists lists;
    lists.offsets = {0};
    for (const auto& row : weights) {
        for (std::size_t j = 0; j < neurons; ++j) {
            if (row[j] == 0.0F) continue;
            lists.targets.push_back(static_cast<std::uint16_t>(j));
            lists.weights.push_back(row[j]);
        }
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
    }
    image.synapses = std::move(lists);
    return image;
}

std::vector<std::vector<float>> random_weights(std::size_t axons, std::size_t neurons) {
    std::vector<std::vector<float>> weights(axons, std::vector<float>(neurons));
    Rng rng{1, "weights"};
    for (auto& row : weights)
        for (float& w : row) w = rng.uniform() < 0.3 ? 0.0F : static_cast<float>(rng.below(255)) - 127.0F;
    return weights;
}

/// Perfect cells, no wires, no quantisation.
CoreDescription perfect_core() {
    CoreDescription type;
    type.neuron = ModelChoice<NeuronModel>{"lif"};
    type.array.emplace();
    type.array->mode = ReadMode::ideal;
    type.array->wire = {.word_line = {}, .bit_line = {}, .driver = {}, .sense = {}, .segment = {}};
    type.columns.adc = SarAdcParams{.bits = 0};
    return type;
}

AnalogOptions options(std::uint64_t seed = 1) {
    return {.longest_axon_delay = 4, .seed = seed, .name = "core.0", .frame_seconds = 1e-6};
}

using Input = std::vector<std::vector<std::uint32_t>>;  // axons by step

Input random_input(std::size_t axons, std::size_t steps) {
    Input input(steps);
    Rng rng{2, "input"};
    for (auto& step : input)
        for (std::uint32_t axon = 0; axon < axons; ++axon)
            if (rng.uniform() < 0.2) step.push_back(axon);
    return input;
}

std::vector<std::vector<Spike>> run(CoreFunction& core, const Input& input) {
    std::vector<std::vector<Spike>> spikes;
    for (std::uint64_t step = 1; step <= input.size(); ++step) {
        for (const std::uint32_t axon : input[step - 1]) core.receive(axon, 1, step);
        core.run(step);
        spikes.emplace_back(core.spikes().begin(), core.spikes().end());
    }
    return spikes;
}

std::vector<std::vector<Spike>> digital(const CoreImage& image, const Input& input) {
    const auto core = make_core_function(image, *ModelChoice<NeuronModel>{"lif"}, {.longest_axon_delay = 4});
    return run(*core, input);
}

struct Encoding {
    WeightScheme scheme;
    CellPlacement placement;
};

class PerfectArray : public ::testing::TestWithParam<Encoding> {};

TEST_P(PerfectArray, fires_as_a_digital_core_over_row_blocks_and_column_blocks) {
    const CoreImage image = image_of(random_weights(150, 70));
    const Input input = random_input(150, 12);
    const auto expected = digital(image, input);
    CoreDescription type = perfect_core();
    type.array->rows = 64;
    type.array->columns = 40;
    type.array->encoding.scheme = GetParam().scheme;
    type.array->encoding.placement = GetParam().placement;
    for (const ReadMode mode : {ReadMode::ideal, ReadMode::geff}) {
        type.array->mode = mode;
        const auto core = make_analog_function(image, type, options());
        EXPECT_TRUE(run(*core, input) == expected);
    }
    std::size_t spikes = 0;
    for (const auto& step : expected) spikes += step.size();
    EXPECT_GT(spikes, 50U);
}

INSTANTIATE_TEST_SUITE_P(Encodings, PerfectArray,
                         ::testing::Values(Encoding{WeightScheme::differential, CellPlacement::adjacent_columns},
                                           Encoding{WeightScheme::differential, CellPlacement::separate_arrays},
                                           Encoding{WeightScheme::differential, CellPlacement::interleaved_rows},
                                           Encoding{WeightScheme::two_sided, CellPlacement::adjacent_columns},
                                           Encoding{WeightScheme::offset_digital, CellPlacement::adjacent_columns},
                                           Encoding{WeightScheme::offset_column, CellPlacement::adjacent_columns}));

TEST(SlicedWeights, of_whole_numbers_are_exact) {
    const CoreImage image = image_of(random_weights(40, 20));
    const Input input = random_input(40, 8);
    CoreDescription type = perfect_core();
    for (const WeightScheme scheme : {WeightScheme::differential, WeightScheme::offset_digital}) {
        type.array->encoding = {.scheme = scheme, .bits_per_cell = 4, .slices = 2, .weight_bits = 8, .largest_weight = 127.0};
        const auto core = make_analog_function(image, type, options());
        EXPECT_TRUE(run(*core, input) == digital(image, input));
    }
}

TEST(RowInput, of_every_kind_gives_the_same_sum) {
    const CoreImage image = image_of({{50.0F}, {-20.0F}, {2.0F}});
    for (const RowInput mode : {RowInput::spikes, RowInput::pwm, RowInput::dac, RowInput::bit_serial}) {
        CoreDescription type = perfect_core();
        type.array->input.mode = mode;
        type.array->input.bits = 3;
        const auto fires = [&](std::int32_t third) {
            const auto core = make_analog_function(image, type, options());
            core->receive(0, 3, 1);  // 150
            core->receive(1, 2, 1);  // -40
            core->receive(2, third, 1);
            core->run(1);
            return !core->spikes().empty();
        };
        EXPECT_FALSE(fires(-5)) << enum_names(mode)[static_cast<std::size_t>(mode)];  // 100 is below the threshold
        EXPECT_TRUE(fires(-4)) << enum_names(mode)[static_cast<std::size_t>(mode)];
    }
}

TEST(Frame, counts_energy_events_and_time_by_hand) {
    CoreDescription type = perfect_core();
    type.array->low = Conductance::from_si(1e-6);
    type.array->high = Conductance::from_si(40e-6);
    type.array->input = {.read = Voltage{0.2}, .pulse = Time{10.0}, .driver = Energy{0.25}};
    type.columns.adc = SarAdcParams{.bits = 0, .time = Time{2.0}, .energy = Energy{1.5}, .columns_per_adc = 4};
    type.columns.sample = Time{3.0};
    const CoreImage image = image_of({{1.0F, 0.0F, 0.0F, 0.0F, 0.0F}, {-1.0F, 1.0F, 1.0F, 1.0F, 1.0F}});
    const auto core = make_analog_function(image, type, options());
    core->receive(0, 1, 1);
    const PassResult result = core->run(1);
    ASSERT_TRUE(result.analog);
    // One pulse on the first row: a cell of 40 uS and nine of 1 uS at 0.2 V for 10 ns.
    EXPECT_NEAR(static_cast<double>(result.analog->cell_energy), 49e-6 * 0.04 * 10e-9 / 1e-18, 1.0);
    EXPECT_EQ(result.analog->wire_energy, 0U);
    EXPECT_EQ(result.analog->driver_energy, 250'000U);
    EXPECT_EQ(result.analog->driven_rows, 1U);
    EXPECT_EQ(result.analog->array_reads, 1U);
    EXPECT_EQ(result.analog->conversions, 5U);  // one for each pair of columns
    EXPECT_EQ(result.analog->column_energy, 7'500'000U);
    EXPECT_EQ(result.synaptic_events, 1U);
    EXPECT_EQ(result.before_neurons, 10'000 + 4 * 2'000 + 3'000);  // pulse, four conversions one after another, sampling
    const PassResult idle = core->run(2);
    EXPECT_EQ(idle.before_neurons, 0);
    EXPECT_EQ(idle.analog->cell_energy, 0U);
}

TEST(Noise, belongs_to_the_step_and_not_to_what_was_read_before) {
    CoreDescription type = perfect_core();
    type.array->device = ModelChoice<ConductanceStatistics>{"pcm"};  // has read noise
    const CoreImage image = image_of(random_weights(60, 30));
    const Input input = random_input(60, 6);
    const auto used = make_analog_function(image, type, options());
    static_cast<void>(run(*used, input));
    const auto spikes_of_step_7 = [&](AnalogCore& core) {
        core.reset(6);
        for (const std::uint32_t axon : input[0]) core.receive(axon, 1, 7);
        core.run(7);
        return std::vector(core.spikes().begin(), core.spikes().end());
    };
    const auto fresh = make_analog_function(image, type, options());
    EXPECT_EQ(spikes_of_step_7(*used), spikes_of_step_7(*fresh));
    const auto other_seed = make_analog_function(image, type, options(2));
    EXPECT_NE(fresh->programming().energy, other_seed->programming().energy);
}

TEST(Faults, open_cells_carry_nothing_and_stuck_cells_cancel_in_pairs) {
    const CoreImage image = image_of(random_weights(20, 10));
    const Input input = random_input(20, 4);
    CoreDescription type = perfect_core();
    for (const FaultParams faults : {FaultParams{.open = 1.0}, FaultParams{.stuck_high = 1.0}, FaultParams{.stuck_low = 1.0}}) {
        type.array->faults = faults;
        const auto core = make_analog_function(image, type, options());
        for (const auto& step : run(*core, input)) EXPECT_THAT(step, IsEmpty());
        EXPECT_EQ(core->programming().faulty, core->programming().cells);
    }
    type.array->faults = {.stuck_high = 0.7, .stuck_low = 0.7};
    EXPECT_THROW(static_cast<void>(make_analog_function(image, type, options())), InputError);
}

TEST(Wires, of_huge_resistance_starve_the_array_without_nonsense) {
    const CoreImage image = image_of(random_weights(32, 16));
    CoreDescription type = perfect_core();
    for (const ReadMode mode : {ReadMode::geff, ReadMode::exact}) {
        type.array->mode = mode;
        type.array->wire.word_line = Resistance::from_si(1e6);
        type.array->wire.bit_line = Resistance::from_si(1e6);
        const auto core = make_analog_function(image, type, options());
        for (std::uint32_t axon = 0; axon < 32; ++axon) core->receive(axon, 1, 1);
        const PassResult result = core->run(1);
        EXPECT_THAT(std::vector(core->spikes().begin(), core->spikes().end()), IsEmpty());
        EXPECT_LT(result.analog->cell_energy, 32 * 32 * 1e-4 * 0.04 * 10e-9 / 1e-18);
        EXPECT_GT(result.analog->wire_energy, result.analog->cell_energy);
    }
}

std::string refusal_of(const CoreDescription& type) {
    try {
        static_cast<void>(make_analog_function(image_of({{1.0F}}), type, options()));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

TEST(Arrays, refuse_what_cannot_work) {
    CoreDescription type = perfect_core();
    type.array->mode = ReadMode::geff;
    type.array->inactive_rows = RowState::floating;
    EXPECT_THAT(refusal_of(type), HasSubstr("mode geff needs inactive_rows: grounded"));
    type = perfect_core();
    type.array->cell = ModelChoice<CellLaw>{"sinh"};
    EXPECT_THAT(refusal_of(type), HasSubstr("needs ohmic cells"));
    type = perfect_core();
    type.array->wire.driver = Resistance::from_si(1e9);
    type.array->wire.segment = Capacitance::from_si(1e-15);
    EXPECT_THAT(refusal_of(type), HasSubstr("t_pulse: 10 ns is too short"));
    type = perfect_core();
    type.array->columns = 1;
    EXPECT_THAT(refusal_of(type), HasSubstr("hold no weight"));
}

/// A core whose columns end in RC neurons: threshold of 10 weight units, half of the potential left after a tick.
CoreDescription rc_core() {
    CoreDescription type = perfect_core();
    type.neuron = {};
    type.columns.adc.reset();
    type.columns.neuron.emplace("rc_lif");
    return type;
}

TEST(RcColumns, fire_at_their_threshold_and_not_below) {
    CoreImage image = image_of({{9.999F}, {0.002F}});
    image.neurons = {.columns = {"threshold"}, .rows = {{10.0}}, .row_of_neuron = {0}};
    const CoreDescription type = rc_core();
    const auto core = make_analog_function(image, type, options());
    core->receive(0, 1, 1);
    core->run(1);
    EXPECT_THAT(core->spikes(), IsEmpty());
    core->reset(1);
    core->receive(0, 1, 2);
    core->receive(1, 1, 2);
    core->run(2);
    EXPECT_THAT(core->spikes(), ElementsAre(Spike{0, 1}));
}

TEST(RcColumns, leak_between_steps_by_their_own_time_constant) {
    // 1 Mohm and 1 pF keep exp(-1) over a tick of 1 us: 8, then 8 + 8 / e = 10.94 of 10.9.
    for (const double threshold : {10.9, 11.0}) {
        CoreImage image = image_of({{8.0F}});
        image.neurons = {.columns = {"threshold"}, .rows = {{threshold}}, .row_of_neuron = {0}};
        const CoreDescription type = rc_core();
        const auto core = make_analog_function(image, type, options());
        core->receive(0, 1, 1);
        core->run(1);
        EXPECT_THAT(core->spikes(), IsEmpty());
        core->receive(0, 1, 2);
        core->run(2);
        EXPECT_EQ(core->spikes().size(), threshold < 10.95 ? 1U : 0U);
    }
}

}  // namespace
}  // namespace spikefab
