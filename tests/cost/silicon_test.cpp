// SPDX-License-Identifier: Apache-2.0
// The price files against published silicon: what was fitted must come back, what was held out shows the error.
#include "cost/energy.hpp"
#include "cost/price_files.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spikefab {
namespace {

// ---- TrueNorth: Akopyan 2015 Fig. 17, p. 1551, Table I; Merolla 2014 p. 7 -----------------------------------------

constexpr double neurons = 1048576.0;
constexpr double hops_each_way = 21.3;  // mean distance of Merolla's benchmark, in x and in y

struct Point {
    const char* name;
    double voltage;        ///< V
    double rate;           ///< Hz
    double synapses;       ///< active per spike
    double published;      ///< mW
    double predicted;      ///< mW, of the four-term model
    double error_percent;  ///< of the prediction
    bool fitted;           ///< used to solve for the parameters
};

/// One simulated second of the whole chip.
ActivityCounts second_of(const Point& point) {
    const double spikes = neurons * point.rate;
    ActivityCounts counts;
    counts.record(Activity::memory_sweep, static_cast<std::uint64_t>(neurons * 1000.0));
    counts.record(Activity::synaptic_event, static_cast<std::uint64_t>(spikes * point.synapses));
    counts.record(Activity::hop_east_west, static_cast<std::uint64_t>(spikes * hops_each_way));
    counts.record(Activity::hop_north_south, static_cast<std::uint64_t>(spikes * hops_each_way));
    return counts;
}

class TrueNorthSilicon : public ::testing::TestWithParam<Point> {};

TEST_P(TrueNorthSilicon, power_is_what_the_four_term_model_predicts) {
    const Point& point = GetParam();
    const EnergyModel model{price_file("truenorth"), {1, 4096, 4096}, {.voltage = Voltage{point.voltage}}};
    const double milli_watts = (model.energy(second_of(point), Time{1e9}).total / Time{1e9}).value();
    RecordProperty("predicted_mW", std::to_string(milli_watts));
    RecordProperty("published_mW", std::to_string(point.published));
    EXPECT_NEAR(milli_watts, point.predicted, point.predicted >= 100.0 ? 1.0 : 0.15);
    EXPECT_NEAR(100.0 * (milli_watts / point.published - 1.0), point.error_percent, 0.6)
        << (point.fitted ? "fitted" : "held out");
}

// 58 GSOPS at 256 events a spike; 145 mW is 58 GSOPS / (400 GSOPS/W), not a printed power.
constexpr double peak_rate = 58e9 / (256.0 * neurons);
INSTANTIATE_TEST_SUITE_P(Published, TrueNorthSilicon,
                         ::testing::Values(Point{"fitted_0V70_0Hz", 0.70, 0.0, 0.0, 42.0, 42.0, 0.0, true},
                                           Point{"fitted_0V80_12Hz", 0.80, 11.58, 128.0, 68.0, 68.0, 0.0, true},
                                           Point{"fitted_0V80_96Hz", 0.80, 95.93, 128.0, 94.0, 94.0, 0.0, true},
                                           Point{"held_out_0V80_20Hz", 0.80, 20.07, 128.0, 71.0, 70.6, -0.5, false},
                                           Point{"held_out_1V05_200Hz", 1.05, 200.0, 256.0, 323.0, 335.0, 3.8, false},
                                           Point{"held_out_0V75_58GSOPS", 0.75, peak_rate, 256.0, 145.0, 149.0, 2.5, false},
                                           Point{"held_out_0V75_20Hz", 0.75, 20.0, 128.0, 65.0, 57.7, -11.2, false},
                                           Point{"held_out_0V775_20Hz", 0.775, 20.0, 128.0, 72.0, 63.9, -11.2, false}),
                         [](const auto& test) { return test.param.name; });

TEST(TrueNorthSilicon, a_slower_tick_sweeps_its_memory_less_often) {
    const EnergyModel model{price_file("truenorth"), {1, 4096, 4096}};
    ActivityCounts tick;
    tick.record(Activity::memory_sweep, static_cast<std::uint64_t>(neurons));
    EXPECT_NEAR((model.event_energy(tick) / Time{1e6}).value(), 20.0, 1e-9);  // Merolla S5: ~20 mW at 1 kHz
    EXPECT_NEAR((model.event_energy(tick) / Time{2e6}).value(), 10.0, 1e-9);
}

// ---- ODIN: Frenkel 2019, both published points --------------------------------------------------------------------

void expect_odin(double mega_hertz, double mega_operations, double micro_watts) {
    const EnergyModel model{price_file("odin"), {1, 1, 1}, {.clock = Frequency{mega_hertz * 1e-3}}};
    ActivityCounts second;
    second.record(Activity::synaptic_event, static_cast<std::uint64_t>(mega_operations * 1e6));
    const double milli_watts = (model.energy(second, Time{1e9}).total / Time{1e9}).value();
    EXPECT_NEAR(milli_watts * 1e3 / micro_watts, 1.0, 0.005);
}

TEST(OdinSilicon, takes_477_microwatts_at_75_megahertz) {
    expect_odin(75.0, 37.5, 477.0);
}
TEST(OdinSilicon, takes_35_microwatts_at_1_3_megahertz) {
    expect_odin(1.3, 0.65, 35.0);
}

// ---- Loihi: Frady 2020, 10.1145/3381755.3398695, one nearest-neighbour query over 76,800 patterns in 60 steps -------

double query_millijoules(const std::string& prices, std::uint64_t input_spikes) {
    constexpr std::uint64_t patterns = 76800;
    ActivityCounts query;
    query.record(Activity::synaptic_event, input_spikes * patterns);
    query.record(Activity::neuron_update_inactive, patterns * 60);
    return EnergyModel{price_file(prices), {32, 4096, 4096}}.event_energy(query).si() * 1e3;
}

TEST(LoihiSilicon, a_nearest_neighbour_query_costs_1_45_to_1_60_millijoules) {
    EXPECT_NEAR(query_millijoules("loihi-davies2018", 667), 1.45, 0.005);
    EXPECT_NEAR(query_millijoules("loihi-davies2018", 750), 1.60, 0.005);
}

TEST(LoihiSilicon, davies_prices_are_within_a_fifth_of_the_measured_query_and_sanafe_prices_are_not) {
    constexpr double measured = 1.33;  // mJ, neuro-core energy
    EXPECT_LT(query_millijoules("loihi-davies2018", 667) / measured, 1.10);
    EXPECT_LT(query_millijoules("loihi-davies2018", 750) / measured, 1.21);
    EXPECT_NEAR(query_millijoules("loihi-sanafe", 667) / measured, 1.55, 0.02);
    EXPECT_NEAR(query_millijoules("loihi-sanafe", 750) / measured, 1.71, 0.02);
}

// Blouw 2019: 0.0296 W after boot, 0.0963 W awake; the difference is the host term.
TEST(LoihiSilicon, static_and_host_power_are_the_two_idle_levels_of_the_board) {
    const EnergyModel boot{price_file("loihi-davies2018"), {1, 128, 2}};
    const EnergyModel awake{price_file("loihi-davies2018"), {1, 128, 2}, {.include_host = true}};
    EXPECT_DOUBLE_EQ(boot.static_power().value(), 29.6);
    EXPECT_NEAR((awake.static_power() + awake.host_power()).value(), 96.3, 1e-9);
}

// Davies 2018 Table 2: a spike between cores of one tile costs 1.7 pJ; entry and exit are counted apart.
TEST(LoihiSilicon, a_spike_within_a_tile_costs_1_7_picojoules) {
    ActivityCounts spike;
    spike.record(Activity::hop_inside_tile, 2);
    EXPECT_DOUBLE_EQ((EnergyModel{price_file("loihi-davies2018"), {}}.event_energy(spike).value()), 1.7);
}

// Blouw 2019's keyword spotter: single-event energies explain at most 15 % of the published 272 uJ of dynamic energy.
TEST(LoihiSilicon, event_energies_alone_explain_little_of_the_keyword_spotter) {
    ActivityCounts inference;
    inference.record(Activity::neuron_update_active, 541 * 10);
    inference.record(Activity::synaptic_event, 172800 * 10);
    const double micro_joules = EnergyModel{price_file("loihi-davies2018"), {}}.event_energy(inference).si() * 1e6;
    EXPECT_NEAR(micro_joules, 0.44 + 40.8, 0.1);
    EXPECT_LT(micro_joules / 272.0, 0.155);
}

}  // namespace
}  // namespace spikefab
