// SPDX-License-Identifier: Apache-2.0
// Cells that learning pulses move: one cell and one pair by hand, bounds, spread, stuck cells, time; and that even steps make
// an array learn what a digital memory learns.
#include "core/array_learner.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"
#include "core/analog_function.hpp"
#include "core/core_function.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace spikefab {
namespace {

using ::testing::HasSubstr;

/// VTEAM's published device with pulses of 1 ns: -0.25 V moves w by -10 m/s (0.25 / 0.2 - 1)^3 = -0.15625 nm a pulse, and 5 V
/// by 5e-4 m/s (5 / 0.02 - 1) = 0.1245 nm.
ArrayDescription vteam_array() {
    ArrayDescription array;
    array.mode = ReadMode::ideal;
    array.wire = {.word_line = {}, .bit_line = {}, .driver = {}, .sense = {}, .segment = {}};
    array.low = Conductance::from_si(1.0 / 1000.0);
    array.high = Conductance::from_si(1.0 / 50.0);
    array.memristor = ModelChoice<Memristor>{"vteam"};
    array.update = UpdatePulses{.set = Voltage{-0.25}, .reset = Voltage{5.0}, .pulse = Time{1.0}};
    return array;
}
constexpr double set_step = 0.15625e-9;
constexpr double reset_step = 0.1245e-9;

double width_of(double conductance) {
    return (1.0 / conductance - 50.0) / 950.0 * 3e-9;
}
double conductance_of(double width) {
    return 1.0 / (50.0 + 950.0 * width / 3e-9);
}

/// One neuron's weights at full scale 100, a row each.
CrossbarTile tile_of(const std::vector<double>& weights, const ArrayDescription& array) {
    const WeightBlock block{.first_axon = 0,
                            .axons = static_cast<std::uint32_t>(weights.size()),
                            .first_neuron = 0,
                            .neurons = 1,
                            .weights = weights,
                            .learns = true};
    return {block, 100.0, array, {.cells = 1, .read_noise = 2, .pulses = 3}};
}

TEST(PulsedCell, moves_by_the_device_s_closed_form_and_takes_the_integral_of_v_i) {
    const ArrayDescription array = vteam_array();
    CrossbarTile tile = tile_of({25.0}, array);
    const double before = 1e-3 + 0.25 * 19e-3;
    EXPECT_NEAR(tile.weight(0, 0), 25.0, 1e-9);
    const SynapsePulses done = tile.change(0, 0, 2, SignMode::excitatory, 1);
    const double after = conductance_of(width_of(before) - 2.0 * set_step);
    EXPECT_NEAR(tile.weight(0, 0), (after - 1e-3) / 19e-3 * 100.0, 1e-9);
    // R falls evenly with time, so the mean of 1 / R is ln(R0 / R1) / (R0 - R1).
    const double mean = std::log(after / before) / (1.0 / before - 1.0 / after);
    EXPECT_NEAR(done.energy, 0.25 * 0.25 * mean * 2e-9, 1e-9 * done.energy);
    EXPECT_EQ(done.cells, 2U);
    EXPECT_EQ(done.set, 2U);
    EXPECT_EQ(done.reset, 0U);
}

TEST(PulsedCell, of_a_pair_goes_up_while_the_other_goes_down) {
    ArrayDescription array = vteam_array();
    array.encoding.scheme = WeightScheme::two_sided;
    for (const CellPlacement placement :
         {CellPlacement::adjacent_columns, CellPlacement::separate_arrays, CellPlacement::interleaved_rows}) {
        array.encoding.placement = placement;
        CrossbarTile tile = tile_of({40.0}, array);  // levels 0.7 and 0.3
        const SynapsePulses done = tile.change(0, 0, -1, SignMode::mixed, 1);
        const double plus = conductance_of(width_of(1e-3 + 0.7 * 19e-3) + reset_step);
        const double minus = conductance_of(width_of(1e-3 + 0.3 * 19e-3) - set_step);
        EXPECT_NEAR(tile.weight(0, 0), (plus - minus) / 19e-3 * 100.0, 1e-9);
        EXPECT_EQ(done.set, 1U);
        EXPECT_EQ(done.reset, 1U);
        EXPECT_EQ(done.cells, 2U);
    }
}

TEST(PulsedCell, with_an_offset_moves_alone_and_leaves_what_stands_for_0) {
    ArrayDescription array = vteam_array();
    for (const WeightScheme scheme : {WeightScheme::offset_column, WeightScheme::offset_digital}) {
        array.encoding.scheme = scheme;
        CrossbarTile tile = tile_of({-80.0}, array);  // level 0.1
        EXPECT_EQ(tile.change(0, 0, 1, SignMode::mixed, 1).cells, 1U);
        const double after = conductance_of(width_of(1e-3 + 0.1 * 19e-3) - set_step);
        EXPECT_NEAR(tile.weight(0, 0), 2.0 * ((after - 1e-3) / 19e-3 - 0.5) * 100.0, 1e-9);
    }
}

TEST(PulsedCell, stops_at_g_max_and_at_g_min) {
    const ArrayDescription array = vteam_array();
    CrossbarTile tile = tile_of({25.0, 25.0}, array);
    static_cast<void>(tile.change(0, 0, 255, SignMode::excitatory, 1));
    static_cast<void>(tile.change(1, 0, -255, SignMode::excitatory, 1));
    EXPECT_NEAR(tile.weight(0, 0), 100.0, 1e-9);
    EXPECT_NEAR(tile.weight(1, 0), 0.0, 1e-9);
}

TEST(PulsedCell, stops_at_the_array_s_window_where_that_is_narrower_than_the_device_s) {
    ArrayDescription array = vteam_array();
    array.high = Conductance::from_si(1.0 / 100.0);
    CrossbarTile tile = tile_of({25.0}, array);
    static_cast<void>(tile.change(0, 0, 255, SignMode::excitatory, 1));
    EXPECT_NEAR(tile.weight(0, 0), 100.0, 1e-6);
}

TEST(PulsedCell, that_is_stuck_takes_energy_and_stays) {
    ArrayDescription array = vteam_array();
    array.faults.stuck_low = 1.0;
    CrossbarTile tile = tile_of({25.0}, array);
    const SynapsePulses done = tile.change(0, 0, 3, SignMode::excitatory, 1);
    EXPECT_NEAR(tile.weight(0, 0), 0.0, 1e-9);
    EXPECT_NEAR(done.energy, 3.0 * 0.25 * 0.25 * 1e-3 * 1e-9, 1e-24);
}

TEST(PulsedCell, draws_by_cell_and_step_whatever_the_order) {
    ArrayDescription array = vteam_array();
    array.update->device_sigma = 0.2;
    array.update->cycle_sigma = 0.03;
    CrossbarTile forwards = tile_of({25.0, 25.0}, array);
    CrossbarTile backwards = tile_of({25.0, 25.0}, array);
    static_cast<void>(forwards.change(0, 0, 1, SignMode::excitatory, 7));
    static_cast<void>(forwards.change(1, 0, 1, SignMode::excitatory, 7));
    static_cast<void>(backwards.change(1, 0, 1, SignMode::excitatory, 7));
    static_cast<void>(backwards.change(0, 0, 1, SignMode::excitatory, 7));
    for (const std::uint32_t axon : {0U, 1U}) EXPECT_EQ(forwards.weight(axon, 0), backwards.weight(axon, 0));
    EXPECT_NE(forwards.weight(0, 0), forwards.weight(1, 0)) << "devices differ";
    CrossbarTile later = tile_of({25.0}, array);
    static_cast<void>(later.change(0, 0, 1, SignMode::excitatory, 8));
    EXPECT_NE(later.weight(0, 0), forwards.weight(0, 0)) << "and so do cycles";
}

TEST(PulsedCell, refuses_pulses_that_do_not_move_the_device) {
    const auto refusal = [](const ArrayDescription& array) {
        try {
            static_cast<void>(tile_of({25.0}, array));
        } catch (const InputError& error) {
            return std::string{error.what()};
        }
        return std::string{"accepted"};
    };
    ArrayDescription array = vteam_array();
    array.update->set = Voltage{-0.1};  // below the threshold
    EXPECT_THAT(refusal(array), HasSubstr("array.update.v_set: a pulse of -100 mV for 1 ns takes a cell"));
    array = vteam_array();
    array.update->reset = Voltage{-0.25};  // the wrong way
    EXPECT_THAT(refusal(array), HasSubstr("array.update.v_reset"));
    array = vteam_array();
    array.high = Conductance::from_si(0.1);
    EXPECT_THAT(refusal(array), HasSubstr("array.g_max: 100 mS is out of the reach of a cell that learns; the nearest"));
}

// --- learning with a rule ---

/// Axons with a synapse each onto neurons 0 and 1, all in one group; neurons fire above `threshold`.
CoreImage image_of(const std::vector<float>& weights, const LearningParameters& rule, const std::vector<std::string>& columns,
                   const std::vector<double>& row) {
    CoreImage image;
    image.core = CoreId{0U};
    image.neurons = {.columns = columns, .rows = {row}, .row_of_neuron = {0, 0}};
    WeightLists lists;
    lists.offsets = {0};
    AxonGroup group{.projection = "all", .first_axon = 0, .sources = {}, .exponent = 0, .rule = rule};
    for (const float weight : weights) {
        group.sources.push_back(static_cast<std::uint32_t>(group.sources.size()));
        for (const std::uint16_t neuron : {std::uint16_t{0}, std::uint16_t{1}}) {
            lists.targets.push_back(neuron);
            lists.weights.push_back(weight);
        }
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
    }
    lists.groups = {group};
    image.synapses = lists;
    return image;
}

LearningParameters pair_rule() {
    LearningParameters rule;
    rule.dw = "2^-3*x1*y0 - 2^-3*y1*x0";
    rule.x1_impulse = rule.y1_impulse = 64.0;
    rule.x1_tau = rule.y1_tau = 1e6;
    rule.sign = SignMode::excitatory;
    rule.weight_lower = 0;
    rule.weight_upper = 100;
    return rule;
}

/// Cells that 100 pulses of 1 us take from one end to the other, each by the same.
CoreDescription even_core() {
    CoreDescription type;
    type.neuron = ModelChoice<NeuronModel>{"lif"};
    ArrayDescription& array = type.array.emplace(vteam_array());
    array.low = Conductance::from_si(1e-6);
    array.high = Conductance::from_si(39e-6);
    array.memristor = ModelChoice<Memristor>{"soft_bounds"};
    set_fields(*array.memristor->operator->(), {{"t_up", 100e-6}, {"t_down", 100e-6}});
    array.update =
        UpdatePulses{.set = Voltage{0.9}, .reset = Voltage{-1.0}, .pulse = Time::from_si(1e-6), .driver = Energy{2.0}};
    type.columns.adc = SarAdcParams{.bits = 0};
    return type;
}

const std::vector<std::string> lif{"leak", "threshold"};

std::unique_ptr<AnalogCore> core_of(const CoreImage& image, const CoreDescription& type) {
    return make_analog_function(image, type, {.longest_axon_delay = 4, .seed = 1, .name = "core.0"});
}

// The source is told in step 1 and both neurons fire in step 2: x1 = 64 asks for 2^-3 * 64 = 8 pulses up on each. Neuron 0 is
// told again in step 3 that its source spikes: y1 = 64 asks for 8 down, on both.
TEST(ArrayLearner, makes_of_a_pair_of_spikes_as_many_pulses_as_the_rule_asks_for) {
    const CoreImage image = image_of({60.0F, 20.0F}, pair_rule(), lif, {0.0, 50.0});
    const CoreDescription type = even_core();
    const auto core = core_of(image, type);
    Learner& learner = *core->learner();
    learner.source_spike(0, 1);
    static_cast<void>(core->receive(0, 1, 2));
    EXPECT_EQ(learner.end_step(1).cell_pulses, 0U);
    static_cast<void>(core->run(2));
    ASSERT_EQ(core->spikes().size(), 2U);
    const LearningWork work = learner.end_step(2);
    EXPECT_EQ(work.synapses, 2U) << "the other source has no trace";
    EXPECT_EQ(work.changed, 2U);
    EXPECT_EQ(work.cell_pulses, 16U);
    EXPECT_EQ(work.pulsing, 8 * 1'000'000) << "both cells are in one row";
    EXPECT_EQ(work.driver_energy, 8U * 2'000'000U) << "8 pulses of 2 pJ, in aJ";
    // The mean conductance on the way is that of a weight of 64.
    const double expected = 2.0 * 0.9 * 0.9 * (1e-6 + 0.64 * 38e-6) * 8e-6;
    EXPECT_NEAR(static_cast<double>(work.pulse_energy), expected * 1e18, 1.0);
    EXPECT_EQ(core->groups()[0].weights, (std::vector<std::int16_t>{68, 68, 20, 20}));
    // The stronger weight acts: 68 > 50 fires, and 20 does not.
    static_cast<void>(core->receive(1, 1, 3));
    static_cast<void>(core->run(3));
    EXPECT_TRUE(core->spikes().empty());
    learner.source_spike(0, 3);
    const LearningWork down = learner.end_step(3);
    EXPECT_EQ(down.cell_pulses, 16U);
    EXPECT_EQ(core->groups()[0].weights, (std::vector<std::int16_t>{60, 60, 20, 20}));
}

TEST(ArrayLearner, pulses_rows_one_after_the_other_and_up_before_down) {
    LearningParameters rule = pair_rule();
    rule.dw = "2^-3*x1*y0 - 2^-2*y1*x0";
    const CoreImage image = image_of({60.0F, 60.0F}, rule, lif, {0.0, 50.0});
    const CoreDescription type = even_core();
    const auto core = core_of(image, type);
    Learner& learner = *core->learner();
    learner.target_spikes(std::vector<Spike>{{0, 1}}, 1);
    static_cast<void>(learner.end_step(1));
    learner.source_spike(0, 2);
    learner.source_spike(1, 2);
    learner.target_spikes(std::vector<Spike>{{1, 1}}, 2);
    // Each row: neuron 0 down by 2^-2 * 64 = 16; neuron 1 up by 2^-3 * 64 = 8 and down by 16 again.
    const LearningWork work = learner.end_step(2);
    EXPECT_EQ(core->groups()[0].weights, (std::vector<std::int16_t>{44, 52, 44, 52}));
    EXPECT_EQ(work.pulsing, 2 * 16 * 1'000'000) << "both cells of a row go down together";
}

/// What both learn from the same random spikes.
std::vector<std::int16_t> learned_by(CoreFunction& core) {
    Learner& learner = *core.learner();
    learner.draw_from(std::make_unique<PhiloxLearningDraws>(5));
    Rng rng{3, "spikes"};
    for (std::uint64_t step = 1; step <= 200; ++step) {
        std::vector<Spike> targets;
        for (std::uint32_t axon = 0; axon < 4; ++axon)
            if (rng.uniform() < 0.2) learner.source_spike(axon, step);
        for (std::uint32_t neuron = 0; neuron < 2; ++neuron)
            if (rng.uniform() < 0.2) targets.push_back({neuron, 1});
        learner.target_spikes(targets, step);
        static_cast<void>(learner.end_step(step));
    }
    return core.groups()[0].weights;
}

LearningParameters fading_rule() {
    LearningParameters rule = pair_rule();
    rule.dw = "2^-3*x1*y0 - 2^-4*y1*x0";
    rule.x1_tau = rule.y1_tau = 4.0;
    return rule;
}

TEST(ArrayLearner, with_cells_of_even_steps_learns_what_a_digital_core_learns) {
    const std::vector<float> weights{10.0F, 50.0F, 90.0F, 30.0F};
    const CoreImage digital = image_of(weights, fading_rule(), {"current_decay", "threshold"}, {4095.0, 1e5});
    const auto memory = make_core_function(digital, *ModelChoice<NeuronModel>{"loihi_cuba"}, {.longest_axon_delay = 4});
    const std::vector<std::int16_t> expected = learned_by(*memory);
    const CoreImage image = image_of(weights, fading_rule(), lif, {0.0, 1e5});
    CoreDescription type = even_core();
    for (const ReadMode mode : {ReadMode::ideal, ReadMode::exact}) {
        type.array->mode = mode;
        EXPECT_EQ(learned_by(*core_of(image, type)), expected);
    }
    EXPECT_THAT(expected, ::testing::Contains(100)) << "the bounds are reached";
    type.array->update->cycle_sigma = 0.02;
    EXPECT_NE(learned_by(*core_of(image, type)), expected);
}

TEST(ArrayLearner, finds_the_cells_of_a_synapse_in_any_tile) {
    const std::vector<float> weights{10.0F, 50.0F, 90.0F, 30.0F};
    const CoreImage image = image_of(weights, fading_rule(), lif, {0.0, 1e5});
    CoreDescription type = even_core();
    const std::vector<std::int16_t> whole = learned_by(*core_of(image, type));
    type.array->rows = 3;
    type.array->columns = 2;  // a pair
    const auto cut = core_of(image, type);
    EXPECT_EQ(cut->arrays(), 4U);
    EXPECT_EQ(learned_by(*cut), whole);
}

TEST(ArrayLearner, leaves_cells_between_neurons_without_a_synapse_alone) {
    CoreImage image = image_of({10.0F, 50.0F}, fading_rule(), lif, {0.0, 1e5});
    auto& lists = std::get<WeightLists>(image.synapses);
    lists.offsets = {0, 1, 2};  // axon i onto neuron i only
    lists.targets = {0, 1};
    lists.weights = {10.0F, 50.0F};
    const CoreDescription type = even_core();
    const auto core = core_of(image, type);
    Learner& learner = *core->learner();
    learner.source_spike(0, 1);
    EXPECT_EQ(learner.end_step(1).changed, 0U);
    learner.target_spikes(std::vector<Spike>{{0, 1}, {1, 1}}, 2);
    EXPECT_EQ(learner.end_step(2).changed, 1U);
}

}  // namespace
}  // namespace spikefab
