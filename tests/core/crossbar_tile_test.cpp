// SPDX-License-Identifier: Apache-2.0
// A block of weights in real arrays: each imperfection makes its sums worse by as much as it should, and its energy with them.
#include "core/crossbar_tile.hpp"

#include "base/error.hpp"
#include "base/set_fields.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

constexpr std::uint32_t axons = 64;
constexpr std::uint32_t neurons = 40;

/// Weights as training leaves them: most are small.
WeightBlock trained_block() {
    WeightBlock block{.first_axon = 0, .axons = axons, .first_neuron = 0, .neurons = neurons, .weights = {}};
    Rng rng{1, "weights"};
    for (std::uint32_t k = 0; k < axons * neurons; ++k) block.weights.push_back(std::pow(2.0 * rng.uniform() - 1.0, 3.0));
    return block;
}

/// Perfect cells of 1 to 39 uS without wires.
ArrayDescription perfect_array() {
    ArrayDescription array;
    array.low = Conductance::from_si(1e-6);
    array.high = Conductance::from_si(39e-6);
    array.wire = {.word_line = {}, .bit_line = {}, .driver = {}, .sense = {}, .segment = {}};
    return array;
}

struct Sums {
    double error = 0.0;  ///< root mean square, in weights
    double mean = 0.0;   ///< of the sums' magnitudes
    ReadPower power{};
};

/// All rows driven at once, in every third a spike.
Sums read(const ArrayDescription& array) {
    const WeightBlock block = trained_block();
    CrossbarTile tile{block, 1.0, array, {.cells = 3, .read_noise = 4}};
    std::vector<double> level(axons, 0.0);
    for (std::uint32_t i = 0; i < axons; i += 3) level[i] = 1.0;
    std::vector<double> values(tile.sensed().size());
    Sums sums{.power = tile.read(level, 1, values).power};
    for (std::uint32_t j = 0; j < neurons; ++j) {
        double exact = 0.0;
        for (std::uint32_t i = 0; i < axons; ++i) exact += level[i] * block.weights[i * neurons + j];
        const double value = tile.sensed()[j].factor * values[j];
        sums.error += (value - exact) * (value - exact) / neurons;
        sums.mean += std::abs(value) / neurons;
    }
    sums.error = std::sqrt(sums.error);
    return sums;
}

TEST(Tile, of_perfect_cells_is_exact_and_its_wires_lose_nothing) {
    const Sums sums = read(perfect_array());
    EXPECT_LT(sums.error, 1e-12);
    EXPECT_EQ(sums.power.wires, 0.0);
}

TEST(Tile, whose_columns_all_float_gives_nothing_in_any_mode_and_draws_what_flows_between_its_rows) {
    ArrayDescription array = perfect_array();
    array.faults.floating_columns = 1.0;
    array.wire.word_line = array.wire.bit_line = Resistance::from_si(1e-6);
    double power = 0.0;
    for (const ReadMode mode : {ReadMode::ideal, ReadMode::geff, ReadMode::exact}) {
        array.mode = mode;
        const Sums sums = read(array);
        EXPECT_EQ(sums.mean, 0.0);
        if (mode == ReadMode::ideal) power = sums.power.cells;
        EXPECT_GT(power, 0.0);
        EXPECT_NEAR(sums.power.cells / power, 1.0, 1e-6);
    }
    EXPECT_LT(power, read(perfect_array()).power.cells);
}

TEST(Tile, counts_its_floating_columns_and_leaves_the_others_as_they_were) {
    ArrayDescription array = perfect_array();
    const WeightBlock block = trained_block();
    const std::vector<double> level(axons, 1.0);
    array.faults.floating_columns = 0.3;
    CrossbarTile cut{block, 1.0, array, {.cells = 3, .read_noise = 4}};
    array.faults.floating_columns = 0.0;
    CrossbarTile whole{block, 1.0, array, {.cells = 3, .read_noise = 4}};
    std::vector<double> with(neurons);
    std::vector<double> without(neurons);
    (void)cut.read(level, 1, with);
    (void)whole.read(level, 1, without);
    std::size_t changed = 0;
    for (std::size_t j = 0; j < neurons; ++j) changed += with[j] == without[j] ? 0U : 1U;
    EXPECT_GT(changed, 5U);
    EXPECT_LT(changed, neurons - 5U);
    EXPECT_GE(cut.programming().floating_columns, changed);
    EXPECT_EQ(whole.programming().floating_columns, 0U);
}

TEST(Tile, refuses_floating_rows_and_columns_without_wires_and_cells_that_heat_makes_shorts) {
    ArrayDescription array = perfect_array();
    array.faults.floating_columns = 0.5;
    array.mode = ReadMode::ideal;
    array.inactive_rows = RowState::floating;
    EXPECT_THROW((void)read(array), InputError);
    array.mode = ReadMode::exact;
    EXPECT_NO_THROW((void)read(array));
    array = perfect_array();
    array.activation = 2.0;
    array.temperature = Temperature{1000.0};
    EXPECT_THROW((void)read(array), InputError);
}

TEST(Tile, refuses_a_device_whose_pulses_have_no_numbers) {
    ArrayDescription array = perfect_array();
    array.memristor.emplace("stanford_pku");
    set_fields(*array.memristor->operator->(), {{"v0", 1e-3}});
    array.program.scheme = ProgramScheme::write_verify;
    EXPECT_THROW((void)read(array), InputError);
}

TEST(Tile, errs_more_and_draws_less_the_more_its_wires_resist) {
    Sums before = read(perfect_array());
    for (const double ohms : {1.0, 5.0, 20.0, 100.0}) {
        ArrayDescription array = perfect_array();
        array.wire.word_line = array.wire.bit_line = Resistance::from_si(ohms);
        const Sums sums = read(array);
        EXPECT_GT(sums.error, 1.5 * before.error) << ohms;
        EXPECT_LT(sums.power.cells, before.power.cells) << ohms;
        EXPECT_GT(sums.power.wires, before.power.wires) << ohms;
        before = sums;
    }
    EXPECT_GT(before.error, 0.1);
}

TEST(Tile, errs_as_much_as_its_programming_does) {
    const auto error_at = [](double scale) {
        ArrayDescription array = perfect_array();
        array.device = ModelChoice<ConductanceStatistics>{"rram_wan"};
        set_fields(*array.device.operator->(), {{"programming_scale", scale}});
        return read(array).error;
    };
    EXPECT_LT(error_at(0.0), 1e-12);
    const double as_measured = error_at(1.0);
    EXPECT_GT(as_measured, 0.05);
    EXPECT_NEAR(error_at(0.5) / as_measured, 0.5, 0.1);  // not exactly: a conductance is never negative
    EXPECT_GT(error_at(2.0), 1.5 * as_measured);
}

TEST(Tile, of_phase_change_cells_fades_with_time) {
    ArrayDescription array = perfect_array();
    array.low = Conductance::from_si(0.1e-6);
    array.high = Conductance::from_si(25e-6);
    array.device = ModelChoice<ConductanceStatistics>{"pcm"};
    array.read_noise = false;
    set_fields(*array.device.operator->(), {{"programming_scale", 0.0}});
    Sums before = read(array);
    EXPECT_LT(before.error, 1e-12);
    for (const double seconds : {60.0, 3600.0, 86400.0, 3.2e7}) {
        array.drift_time = Time::from_si(seconds);
        const Sums sums = read(array);
        EXPECT_GT(sums.error, before.error) << seconds;
        EXPECT_LT(sums.mean, before.mean) << seconds;
        EXPECT_LT(sums.power.cells, before.power.cells) << seconds;
        before = sums;
    }
}

TEST(Tile, that_is_hot_conducts_better_where_it_should_not_and_loses_more_in_its_wires) {
    ArrayDescription array = perfect_array();
    array.activation = 0.05;
    Sums before = read(array);
    EXPECT_LT(before.error, 1e-12);
    for (const double kelvin : {330.0, 360.0, 400.0}) {
        array.temperature = Temperature{kelvin};
        const Sums sums = read(array);
        EXPECT_GT(sums.error, before.error) << kelvin;
        EXPECT_GT(sums.power.cells, before.power.cells) << kelvin;
        before = sums;
    }
    array.activation = 0.0;  // copper alone
    EXPECT_LT(read(array).error, 1e-12);
    array.wire.bit_line = Resistance::from_si(0.1);
    const double hot = read(array).error;
    array.temperature = Temperature{300.0};
    EXPECT_NEAR(hot / read(array).error, 1.39, 0.02);  // 0.39 % a kelvin
}

TEST(Tile, that_is_cold_loses_its_empty_cells) {
    ArrayDescription array = perfect_array();
    array.activation = 0.05;
    array.temperature = Temperature{4.0};
    const Sums sums = read(array);
    EXPECT_TRUE(std::isfinite(sums.error));
    EXPECT_LT(sums.power.cells, 0.1 * read(perfect_array()).power.cells);
}

}  // namespace
}  // namespace spikefab
