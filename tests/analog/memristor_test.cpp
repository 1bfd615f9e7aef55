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

/// Charge and state by many small steps.
PulseResult stepped(const Memristor& model, double state, double volts, double seconds) {
    PulseResult result{.state = state};
    constexpr int steps = 20000;
    for (int k = 0; k < steps; ++k) {
        const double middle = model.advance(result.state, Waveform::constant(volts), 0.0, 0.5 * seconds / steps);
        result.charge += model.current(middle, volts) * seconds / steps;
        result.state = model.advance(result.state, Waveform::constant(volts), 0.0, seconds / steps);
    }
    result.energy = result.charge * volts;
    return result;
}

void expect_pulse(const Memristor& model, double state, double volts, double seconds) {
    const PulseResult closed = model.pulse(state, volts, seconds);
    const PulseResult expected = stepped(model, state, volts, seconds);
    EXPECT_NEAR(closed.state, expected.state, 1e-9 * (model.range().high - model.range().low));
    EXPECT_NEAR(closed.charge / expected.charge, 1.0, 1e-4);
    EXPECT_DOUBLE_EQ(closed.energy, closed.charge * volts);
}

TEST(VteamPulse, has_the_charge_of_many_small_steps_on_the_way_and_at_the_bounds) {
    for (const char* law : {"linear", "exponential"}) {
        const auto model = device("vteam", {}, {{"resistance", law}});
        expect_pulse(*model, 1e-9, -0.25, 1e-9);   // on the way
        expect_pulse(*model, 1e-9, -0.25, 20e-9);  // meets w_on
        expect_pulse(*model, 1e-9, 5.0, 4e-9);
        expect_pulse(*model, 1e-9, 5.0, 100e-9);    // meets w_off
        expect_pulse(*model, 1e-9, 0.01, 1e-9);     // below both thresholds
        expect_pulse(*model, 1e-9, -0.2001, 1e-9);  // hardly moves
        EXPECT_EQ(model->pulse(1e-9, -0.25, 0.0).energy, 0.0);
    }
}

TEST(SoftBounds, follow_the_published_curve_pulse_by_pulse) {
    // x = (1 - e^(-c p)) / (1 - e^-c) up, mirrored down; 40 pulses of 1 us.
    for (const double c : {1.589, 0.0, -1.3}) {
        const auto model =
            device("soft_bounds", {{"t_up", 40e-6}, {"t_down", 40e-6}, {"curvature_up", c}, {"curvature_down", c}});
        double up = 0.0;
        double down = 1.0;
        for (int pulse = 1; pulse <= 40; ++pulse) {
            up = model->pulse(up, 0.9, 1e-6).state;
            down = model->pulse(down, -1.0, 1e-6).state;
            const double p = pulse / 40.0;
            const double expected = c == 0.0 ? p : -std::expm1(-c * p) / -std::expm1(-c);
            EXPECT_NEAR(up, expected, 1e-12);
            EXPECT_NEAR(down, 1.0 - expected, 1e-12);
        }
        EXPECT_NEAR(model->pulse(up, 0.9, 1e-6).state, 1.0, 1e-12) << "and ends there";
    }
}

TEST(SoftBounds, have_the_charge_of_many_small_steps) {
    for (const double c : {1.589, 0.0, -1.3, 1e-4}) {
        const auto model =
            device("soft_bounds", {{"t_up", 40e-6}, {"t_down", 30e-6}, {"curvature_up", c}, {"curvature_down", c}});
        expect_pulse(*model, 0.3, 0.9, 5e-6);
        expect_pulse(*model, 0.3, 0.9, 100e-6);
        expect_pulse(*model, 0.3, -1.0, 5e-6);
        expect_pulse(*model, 0.3, -1.0, 100e-6);
        expect_pulse(*model, 0.3, 0.5, 5e-6);
    }
}

TEST(SoftBounds, move_while_a_sine_is_beyond_its_thresholds) {
    const auto model = device("soft_bounds", {{"t_up", 1.0}, {"t_down", 1.0}});
    // 1.8 V sin: above 0.9 V for a third of a cycle, below -1 V for less.
    const Waveform sine{.shape = WaveShape::sine, .amplitude = 1.8, .frequency = 1.0};
    EXPECT_NEAR(model->advance(0.0, sine, 0.0, 0.5), 1.0 / 3.0, 1e-9);
    const double below = 0.5 - std::asin(1.0 / 1.8) / std::numbers::pi;
    EXPECT_NEAR(model->advance(0.8, sine, 0.5, 1.0), 0.8 - below, 1e-9);
}

}  // namespace
}  // namespace spikefab
