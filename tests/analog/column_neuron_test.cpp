// SPDX-License-Identifier: Apache-2.0
// Analog neurons against closed forms, golden data, and a whole crossbar core from raster to spike times.
#include "models/column/column_neuron.hpp"

#include "analog/golden.hpp"
#include "analog/set_fields.hpp"
#include "base/error.hpp"
#include "models/column/dpi_synapse.hpp"
#include "models/crossbar/effective_matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

using test::set_fields;
using test::Table;

[[nodiscard]] std::unique_ptr<ColumnNeuronArray> neurons(std::string_view name, std::size_t count,
                                                         const std::map<std::string, double>& si_values,
                                                         std::uint64_t seed = 1) {
    ModelChoice<ColumnNeuronModel> model{name};
    set_fields(*model.operator->(), si_values);
    return model->make_array(count, seed, "core.0.neurons");
}

/// Spike times of one neuron under a constant current from 0 on.
[[nodiscard]] std::vector<double> spike_times(ColumnNeuronArray& array, double current, double until) {
    std::vector<TimedSpike> spikes;
    array.drive(0.0, DrivePhase::pulse, std::vector{current}, spikes);
    array.advance(until, spikes);
    std::vector<double> times;
    for (const TimedSpike& spike : spikes) times.push_back(spike.time);
    return times;
}

TEST(RcLif, fires_at_the_closed_form_of_every_golden_current_to_1e_9) {
    SPIKEFAB_NEEDS_GOLDEN("lif/lif_rc_fI.csv");
    const Table golden = test::golden_table("lif/lif_rc_fI.csv");
    for (const auto& row : golden.rows) {
        auto array = neurons("rc_lif", 1, {{"v_reset", 0.05}, {"r_reset", 1e3}});
        const double frequency = row[golden.column("f_closed_Hz")];
        const auto times = spike_times(*array, row[golden.column("I_A")], 20.0 / frequency);
        ASSERT_GE(times.size(), 10U);
        EXPECT_NEAR(times[0] / row[golden.column("t_first_s")], 1.0, 1e-9);
        EXPECT_NEAR((times[1] - times[0]) * frequency, 1.0, 1e-9);
        EXPECT_NEAR((times[9] - times[0]) * frequency / 9.0, 1.0, 1e-9);
    }
}

TEST(RcLif, does_not_fire_below_its_rheobase_and_is_held_for_its_refractory_time) {
    const std::map<std::string, double> values{{"t_ref", 300e-9}};
    EXPECT_TRUE(spike_times(*neurons("rc_lif", 1, values), 0.5e-6, 1.0).empty());
    const auto times = spike_times(*neurons("rc_lif", 1, values), 1e-6, 5e-6);
    ASSERT_GE(times.size(), 2U);
    EXPECT_NEAR(times[1] - times[0], 1e-6 * std::log(2.0) + 300e-9, 1e-18);
}

TEST(RcLif, gives_the_same_spikes_however_time_is_cut) {
    auto whole = neurons("rc_lif", 3, {{"t_ref", 50e-9}, {"r_reset", 1e4}, {"v_reset", 0.1}, {"v_th_sigma", 0.1}});
    auto pieces = neurons("rc_lif", 3, {{"t_ref", 50e-9}, {"r_reset", 1e4}, {"v_reset", 0.1}, {"v_th_sigma", 0.1}});
    std::vector<TimedSpike> expected;
    std::vector<TimedSpike> actual;
    Rng rng{4, "currents"};
    for (int slot = 0; slot < 50; ++slot) {
        const double time = slot * 100e-9;
        const std::vector<double> current{2e-6 * rng.uniform(), 3e-6 * rng.uniform(), 1e-6};
        whole->drive(time, DrivePhase::pulse, current, expected);
        pieces->drive(time, DrivePhase::pulse, current, actual);
        for (int cut = 1; cut < 7; ++cut) {
            pieces->advance(time + cut * 13e-9, actual);
            if (cut % 3 == 0) pieces->drive(time + cut * 13e-9, DrivePhase::pulse, current, actual);
        }
    }
    whole->advance(5e-6, expected);
    pieces->advance(5e-6, actual);
    ASSERT_GT(expected.size(), 20U);
    EXPECT_EQ(actual, expected);
}

TEST(RcLif, differs_between_instances_and_not_between_runs) {
    const std::map<std::string, double> values{{"v_th_sigma", 0.05}, {"r_leak_sigma", 0.1}};
    std::vector<TimedSpike> first;
    std::vector<TimedSpike> again;
    std::vector<TimedSpike> other;
    const std::vector<double> current(20, 1e-6);
    for (auto [seed, spikes] : {std::pair{1U, &first}, std::pair{1U, &again}, std::pair{2U, &other}}) {
        auto array = neurons("rc_lif", 20, values, seed);
        array->drive(0.0, DrivePhase::pulse, current, *spikes);
        array->advance(2e-6, *spikes);
    }
    EXPECT_EQ(first, again);
    EXPECT_NE(first, other);
    EXPECT_NE(first[0].time, first[1].time);
}

TEST(RcLif, whose_reset_is_not_below_its_threshold_is_refused) {
    EXPECT_THROW((void)neurons("rc_lif", 1, {{"v_reset", 0.5}}), InputError);
    EXPECT_THROW((void)neurons("dpi", 1, {{"i_0", 1e-6}}), InputError);
}

TEST(RcLif, counts_the_energy_of_spikes_and_of_its_bias) {
    auto array = neurons("rc_lif", 2, {{"e_spike", 3e-12}, {"p_static", 1e-6}});
    std::vector<TimedSpike> spikes;
    array->drive(0.0, DrivePhase::pulse, std::vector{1e-6, 0.0}, spikes);
    array->advance(2e-6, spikes);
    ASSERT_EQ(spikes.size(), 2U);
    EXPECT_NEAR(array->energy(), 2 * 3e-12 + 2 * 1e-6 * 2e-6, 1e-20);
}

TEST(AnalogCore, of_8_x_4_cells_fires_at_the_golden_times_to_1e_12_s) {
    SPIKEFAB_NEEDS_GOLDEN("lif/core8x4.json");
    const nlohmann::json golden = test::golden_json("lif/core8x4.json");
    const std::size_t rows = golden["m"];
    const std::size_t columns = golden["n"];
    Mesh mesh{{rows, columns},
              {.word_line = Resistance::from_si(golden["r_wl"]), .bit_line = Resistance::from_si(golden["r_bl"])}};
    std::vector<double> cells;
    for (const auto& row : golden["G"]) std::ranges::copy(row.get<std::vector<double>>(), std::back_inserter(cells));
    mesh.program(cells);
    const EffectiveMatrix matrix{mesh, 1e-13};
    auto array = neurons("rc_lif", columns,
                         {{"c", golden["C"]},
                          {"r_leak", golden["R_leak"]},
                          {"v_th", golden["V_th"]},
                          {"v_reset", golden["V_reset"]},
                          {"v_init", golden["V_init"]},
                          {"gain", golden["gain"]}});
    const double slot = golden["slot"];
    std::vector<TimedSpike> spikes;
    std::vector<double> volts(rows);
    std::vector<double> current(columns);
    const std::vector<double> off(columns, 0.0);
    const std::size_t slots = golden["raster"][0].size();
    for (std::size_t k = 0; k < slots; ++k) {
        for (std::size_t i = 0; i < rows; ++i) volts[i] = golden["V_pulse"].get<double>() * golden["raster"][i][k].get<int>();
        matrix.column_current(volts, current);
        array->drive(static_cast<double>(k) * slot, DrivePhase::pulse, current, spikes);
        array->drive(static_cast<double>(k) * slot + golden["t_pulse"].get<double>(), DrivePhase::rest, off, spikes);
        array->advance(static_cast<double>(k + 1) * slot, spikes);
        const auto& end = golden["v_end_of_slot"][k];
        for (std::size_t j = 0; j < columns; ++j) EXPECT_NEAR(array->observable(j), end[j + 1].get<double>(), 1e-9);
    }
    std::size_t count = 0;
    for (std::size_t j = 0; j < columns; ++j) {
        const auto expected = golden["spike_times_exact"][j].get<std::vector<double>>();
        std::vector<double> actual;
        for (const TimedSpike& spike : spikes)
            if (spike.neuron == j) actual.push_back(spike.time);
        EXPECT_THAT(actual, ::testing::Pointwise(::testing::DoubleNear(1e-12), expected)) << "column " << j;
        count += expected.size();
    }
    EXPECT_EQ(spikes.size(), count);
}

TEST(DpiSynapse, follows_the_golden_pulse_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("lif/dpi_synapse_pulse.csv");
    const nlohmann::json parameters = test::golden_json("lif/dpi.json");
    const auto& p = parameters["params"];
    const DpiFilter filter{.tau = parameters["tau_syn"], .gain = p["Igain_syn"].get<double>() / p["Itau_syn"].get<double>()};
    const double pulse = p["t_pulse"];
    const Table golden = test::golden_table("lif/dpi_synapse_pulse.csv");
    for (const auto& row : golden.rows) {
        double output = filter.after(0.0, p["Iw"], std::min(row[0], pulse));
        output = filter.after(output, 0.0, std::max(0.0, row[0] - pulse));
        EXPECT_NEAR(output, row[1], 1e-6 * row[1] + 1e-30);
    }
}

TEST(Dpi, fires_at_the_golden_rate_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("lif/dpi_neuron_fI.csv");
    const Table golden = test::golden_table("lif/dpi_neuron_fI.csv");
    for (const auto& row : golden.rows) {
        // A synapse that is fast and passes its input on: the column's current is the neuron's input.
        auto array = neurons("dpi", 1, {{"c_syn", 1e-21}, {"i_gain_syn", 8.687943262411346e-11}});
        const double period = 1.0 / row[golden.column("f_Hz")];
        const auto times = spike_times(*array, row[golden.column("I_in_A")], 3.5 * period);
        ASSERT_EQ(times.size(), 3U) << row[0];
        EXPECT_NEAR(times[0] / row[golden.column("t_to_threshold_s")], 1.0, 1e-6);
        EXPECT_NEAR((times[2] - times[1]) / period, 1.0, 1e-6);
    }
}

TEST(Dpi, predicts_the_spike_of_a_decaying_synapse_or_that_there_is_none) {
    std::vector<TimedSpike> spikes;
    for (const auto& [weight, fires] : {std::pair{2e-6, true}, std::pair{1e-10, false}}) {
        spikes.clear();
        auto array = neurons("dpi", 1, {});
        array->drive(0.0, DrivePhase::pulse, std::vector{weight}, spikes);
        array->drive(10e-6, DrivePhase::pulse, std::vector{0.0}, spikes);
        EXPECT_EQ(array->next_spike() < never, fires);
        const double predicted = array->next_spike();
        array->advance(0.5, spikes);
        EXPECT_EQ(!spikes.empty(), fires);
        if (fires) {
            EXPECT_EQ(spikes[0].time, predicted);
        }
    }
}

}  // namespace
}  // namespace spikefab
