// SPDX-License-Identifier: Apache-2.0
// Memristors against closed forms, and what every device must obey.
#include "models/device/memristor.hpp"

#include "base/set_fields.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

[[nodiscard]] ModelChoice<Memristor> device(std::string_view name, const std::map<std::string, double>& si_values = {},
                                            const std::map<std::string, std::string>& choices = {}) {
    ModelChoice<Memristor> model{name};
    set_fields(*model.operator->(), si_values, choices);
    return model;
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

TEST(Vteam, moves_by_the_closed_form_under_a_pulse_and_stops_at_its_bounds) {
    const auto model = device("vteam");
    const double speed = 5e-4 * (0.1 / 0.02 - 1.0);
    EXPECT_NEAR(model->advance(1e-9, Waveform::constant(0.1), 0.0, 1e-7), 1e-9 + speed * 1e-7, 1e-22);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(0.1), 0.0, 1.0), 3e-9);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(-1.0), 0.0, 1.0), 0.0);
    EXPECT_DOUBLE_EQ(model->advance(1e-9, Waveform::constant(0.02), 0.0, 1.0), 1e-9);  // at the threshold: nothing
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
