// SPDX-License-Identifier: Apache-2.0
// Memristors against golden trajectories, closed forms, and what every device must obey.
#include "models/device/memristor.hpp"

#include "analog/golden.hpp"
#include "analog/set_fields.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

using test::set_fields;
using test::Table;

[[nodiscard]] ModelChoice<Memristor> device(std::string_view name, const std::map<std::string, double>& si_values = {},
                                            const std::map<std::string, std::string>& choices = {}) {
    ModelChoice<Memristor> model{name};
    set_fields(*model.operator->(), si_values, choices);
    return model;
}

/// Follows a golden trajectory from sample to sample.
void expect_trajectory(const Memristor& model, const Waveform& drive, const Table& golden, std::string_view state_column,
                       double state_tolerance, double current_tolerance) {
    const std::vector<double> times = golden.values("t_s");
    const std::vector<double> states = golden.values(state_column);
    const std::vector<double> currents = golden.values("i_A");
    double most = 0.0;
    for (const double current : currents) most = std::max(most, std::abs(current));
    double state = states.front();
    for (std::size_t k = 1; k < times.size(); ++k) {
        state = model.advance(state, drive, times[k - 1], times[k]);
        ASSERT_NEAR(state, states[k], state_tolerance) << "state at " << times[k] << " s";
        ASSERT_NEAR(model.current(state, drive.value(times[k])), currents[k], current_tolerance * most)
            << "at " << times[k] << " s";
    }
}

[[nodiscard]] Waveform sine(double volts, double hertz) {
    return {.shape = WaveShape::sine, .amplitude = volts, .frequency = hertz};
}

TEST(HpLinearDrift, follows_the_closed_form_without_window_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/hp_linear_nowindow.csv");
    const auto model = device("hp_linear_drift", {}, {{"window", "none"}});
    expect_trajectory(*model, sine(1.0, 1.0), test::golden_table("memristor/hp_linear_nowindow.csv"), "x", 1e-6, 1e-6);
}

TEST(HpLinearDrift, follows_the_golden_trajectory_with_the_joglekar_window_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/hp_joglekar_p1.csv");
    const auto model = device("hp_linear_drift", {}, {{"window", "joglekar"}});
    expect_trajectory(*model, sine(1.0, 1.0), test::golden_table("memristor/hp_joglekar_p1.csv"), "x", 1e-6, 1e-6);
}

TEST(HpLinearDrift, with_the_joglekar_window_of_order_1_follows_its_own_closed_form) {
    // With f = 4x(1 - x): (R_off ln x - R_on ln(1 - x)) / 4 grows by k flux.
    const auto model = device("hp_linear_drift", {}, {{"window", "joglekar"}});
    const auto potential = [](double x) { return (16e3 * std::log(x) - 100.0 * std::log(1.0 - x)) / 4.0; };
    const double k = 1e-14 * 100.0 / 1e-16;
    const double x = model->advance(0.2, Waveform::constant(1.0), 0.0, 0.3);
    EXPECT_NEAR(potential(x) - potential(0.2), k * 0.3, 1e-6 * k * 0.3);
}

TEST(HpLinearDrift, windows_slow_down_at_the_electrode_they_watch) {
    for (const char* window : {"joglekar", "biolek", "prodromakis"}) {
        const auto model = device("hp_linear_drift", {{"p", 2.0}}, {{"window", window}});
        const auto moved = [&](double x, double volts) {
            return std::abs(model->advance(x, Waveform::constant(volts), 0.0, 1e-4) - x);
        };
        EXPECT_LT(moved(0.999, 1.0) * 100.0, moved(0.5, 100.0)) << window;  // equal current would move equally
    }
    // Biolek's window depends on the direction: at the top it blocks rising, not falling.
    const auto biolek = device("hp_linear_drift", {{"p", 2.0}}, {{"window", "biolek"}});
    EXPECT_DOUBLE_EQ(biolek->advance(1.0, Waveform::constant(1.0), 0.0, 1e-3), 1.0);
    EXPECT_LT(biolek->advance(1.0, Waveform::constant(-1.0), 0.0, 1e-3), 0.99);
}

TEST(Vteam, follows_the_stiff_golden_trajectory_of_the_paper_s_set_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/vteam_memtorch_50MHz_1V.csv");
    expect_trajectory(*device("vteam"), sine(1.0, 5e7), test::golden_table("memristor/vteam_memtorch_50MHz_1V.csv"), "w_m",
                      1e-6 * 3e-9, 1e-6);
}

TEST(Vteam, follows_the_smooth_golden_trajectory_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/vteam_smooth_1MHz_1V.csv");
    const auto model = device("vteam", {{"k_on", -0.004},
                                        {"k_off", 0.003},
                                        {"alpha_on", 3.0},
                                        {"alpha_off", 2.0},
                                        {"v_on", -0.5},
                                        {"v_off", 0.4},
                                        {"r_on", 1e3},
                                        {"r_off", 1e5}});
    expect_trajectory(*model, sine(1.0, 1e6), test::golden_table("memristor/vteam_smooth_1MHz_1V.csv"), "w_m", 1e-6 * 3e-9,
                      1e-6);
}

TEST(Vteam, moves_by_the_closed_form_under_a_pulse_and_stops_at_its_bounds) {
    const auto model = device("vteam");
    const double speed = 5e-4 * (0.1 / 0.02 - 1.0);
    EXPECT_NEAR(model->advance(1e-9, Waveform::constant(0.1), 0.0, 1e-7), 1e-9 + speed * 1e-7, 1e-22);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(0.1), 0.0, 1.0), 3e-9);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(-1.0), 0.0, 1.0), 0.0);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(0.02), 0.0, 1.0), 1e-9);  // at the threshold: nothing
}

TEST(Yakopcic, follows_the_golden_trajectory_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/yakopcic_xyce_0p5V_100Hz.csv");
    expect_trajectory(*device("yakopcic"), sine(0.5, 100.0), test::golden_table("memristor/yakopcic_xyce_0p5V_100Hz.csv"), "x",
                      1e-6, 1e-6);
}

TEST(StanfordPku, follows_every_golden_pulse_to_1e_5_nm) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/stanford_pku_pulses.csv");
    const auto model = device("stanford_pku");
    const Table golden = test::golden_table("memristor/stanford_pku_pulses.csv");
    const nlohmann::json cases = test::golden_json("memristor/stanford_pku_pulses.json")["cases"];
    for (const auto& row : golden.rows) {
        const double volts = row[golden.column("V_V")];
        const double start = cases[static_cast<std::size_t>(row[0])]["gap_init"];
        const double gap = model->advance(start, Waveform::constant(volts), 0.0, row[golden.column("t_s")]);
        ASSERT_NEAR(gap, row[golden.column("gap_m")], 1e-5 * 1e-9) << "case " << row[0] << " at " << row[golden.column("t_s")];
        EXPECT_NEAR(model->conductance(gap, 0.1) / row[golden.column("Gread0p1V_S")], 1.0, 1e-4);
    }
}

TEST(StanfordPku, stops_at_the_golden_time_and_not_a_millionth_earlier) {
    SPIKEFAB_NEEDS_GOLDEN("memristor/stanford_pku_pulses.json");
    const auto model = device("stanford_pku");
    for (const auto& entry :
         test::golden_json("memristor/stanford_pku_pulses.json")["cases"].get<std::vector<nlohmann::json>>()) {
        SCOPED_TRACE(entry["case"].get<int>());
        const Waveform drive = Waveform::constant(entry["V"]);
        const double start = entry["gap_init"];
        const double last = model->advance(start, drive, 0.0, entry["t_end"]);
        EXPECT_NEAR(last, entry["gap_final"].get<double>(), 1e-5 * 1e-9);
        const double stop = entry["t_stop"];
        EXPECT_NEAR(model->advance(start, drive, 0.0, stop * (1.0 + 1e-6)), last, 1e-16);
        if (stop > 0.0) {
            EXPECT_GT(std::abs(model->advance(start, drive, 0.0, stop * (1.0 - 2e-6)) - last), 0.0);
        }
    }
}

TEST(StanfordPku, behind_a_series_resistor_draws_the_current_that_both_carry) {
    const auto model = device("stanford_pku", {{"r_series", 5e3}});
    const double current = model->current(0.3e-9, 1.5);
    const double across = 1.5 - 5e3 * current;
    EXPECT_GT(across, 0.0);
    EXPECT_NEAR(current, 1e-3 * std::exp(-0.3 / 0.25) * std::sinh(across / 0.25), 1e-12);
    EXPECT_DOUBLE_EQ(model->current(0.3e-9, -1.5), -current);
}

class EveryMemristor : public ::testing::TestWithParam<std::string_view> {};

TEST_P(EveryMemristor, stays_in_its_range_and_ends_where_two_half_pulses_end) {
    const auto model = device(GetParam());
    const auto [low, high] = model->range();
    for (const double volts : {-2.0, -0.5, -0.05, 0.0, 0.05, 0.5, 2.0}) {
        const Waveform drive = Waveform::constant(volts);
        for (const double share : {0.0, 0.3, 1.0}) {
            const double start = low + share * (high - low);
            const double whole = model->advance(start, drive, 0.0, 2e-6);
            EXPECT_GE(whole, low);
            EXPECT_LE(whole, high);
            const double halves = model->advance(model->advance(start, drive, 0.0, 1e-6), drive, 1e-6, 2e-6);
            EXPECT_NEAR(whole, halves, 1e-7 * (high - low));
        }
    }
}

TEST_P(EveryMemristor, carries_no_current_at_no_voltage_and_has_a_pinched_loop) {
    const auto model = device(GetParam());
    const auto [low, high] = model->range();
    for (const double share : {0.0, 0.5, 1.0}) {
        const double state = low + share * (high - low);
        EXPECT_EQ(model->current(state, 0.0), 0.0);
        EXPECT_LE(model->current(state, -0.3), 0.0);
        EXPECT_GE(model->current(state, 0.3), 0.0);
    }
}

TEST_P(EveryMemristor, finds_the_state_of_a_conductance) {
    const auto model = device(GetParam());
    const auto [low, high] = model->range();
    const double state = low + 0.37 * (high - low);
    EXPECT_NEAR(model->state_of_conductance(model->conductance(state, 0.1), 0.1), state, 1e-9 * (high - low));
}

TEST_P(EveryMemristor, takes_V_times_charge_from_the_driver) {
    const auto model = device(GetParam());
    const PulseResult result = model->pulse(model->initial(), 0.01, 1e-9);  // too small to move much
    EXPECT_NEAR(result.charge, model->current(model->initial(), 0.01) * 1e-9, 1e-3 * std::abs(result.charge) + 1e-30);
    EXPECT_DOUBLE_EQ(result.energy, 0.01 * result.charge);
}

INSTANTIATE_TEST_SUITE_P(Models, EveryMemristor, ::testing::ValuesIn(Registry<Memristor>::instance().names()),
                         [](const auto& parameter) { return std::string{parameter.param}; });

TEST(Waveform, integrates_to_its_flux_and_finds_its_crossings) {
    for (const WaveShape shape : {WaveShape::constant, WaveShape::sine, WaveShape::triangle}) {
        const Waveform wave{.shape = shape, .amplitude = 0.7, .frequency = 3.0, .offset = 0.1};
        double sum = 0.0;
        constexpr int steps = 20000;
        const double length = 0.9 / steps;
        for (int k = 0; k < steps; ++k) sum += wave.value(0.05 + (k + 0.5) * length) * length;
        EXPECT_NEAR(wave.flux(0.05, 0.95), sum, 1e-7);
        for (const double time : wave.pieces(0.05, 0.95, 0.3)) {
            if (time == 0.05 || time == 0.95) continue;
            const double off = std::abs(wave.value(time) - 0.3);
            const double turning = std::abs(std::abs(wave.value(time) - 0.1) - 0.7);
            EXPECT_LT(std::min(off, turning), 1e-9);
        }
    }
}

}  // namespace
}  // namespace spikefab
