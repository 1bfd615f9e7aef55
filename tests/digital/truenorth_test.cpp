// SPDX-License-Identifier: Apache-2.0
// TrueNorth's neuron against hand-worked cases of the paper's equations (Cassidy et al., IJCNN 2013), and its stochastic modes
// against closed forms: 10^6 draws, within 4 sigma.
#include "verify/neuron_population.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace spikefab {
namespace {

using verify::NeuronPopulation;
using Draws = std::vector<std::int32_t>;

/// One neuron; `draws` are what it gets, in the order in which it asks.
class OneNeuron {
public:
    OneNeuron(const std::vector<std::string>& columns, const std::vector<double>& row, Draws draws = {})
        : draws_{std::move(draws)}, neuron_{{.model = "truenorth", .columns = columns, .rows = {row}}} {
        neuron_.draw_from(DrawSource{std::span<const std::int32_t>{draws_}});
    }
    /// V after a tick with `input`.
    std::int64_t tick(std::int32_t input) {
        const std::array<std::int32_t, 1> sums{input};
        fired_ = neuron_.step(++step_, sums)[0] != 0;
        return neuron_.state(0, step_, "potential");
    }
    [[nodiscard]] bool fired() const { return fired_; }

private:
    Draws draws_;
    NeuronPopulation neuron_;
    std::uint64_t step_ = 0;
    bool fired_ = false;
};

constexpr double normal = 0.0, linear = 1.0, none = 2.0;  // reset_mode
constexpr double wrap = 0.0;                              // width

TEST(TrueNorth, fires_at_the_threshold_and_not_one_below) {
    OneNeuron neuron{{"threshold", "reset_potential"}, {5, 2}};
    EXPECT_EQ(neuron.tick(4), 4);
    EXPECT_FALSE(neuron.fired());
    EXPECT_EQ(neuron.tick(1), 2);  // V = 5 = alpha: V = R
    EXPECT_TRUE(neuron.fired());
}

TEST(TrueNorth, has_three_reset_modes_after_a_spike) {
    const std::vector<std::string> columns{"threshold", "reset_potential", "reset_mode", "negative_threshold"};
    EXPECT_EQ((OneNeuron{columns, {5, -3, normal, 100}}.tick(9)), -3);
    EXPECT_EQ((OneNeuron{columns, {5, -3, linear, 100}}.tick(9)), 4);
    EXPECT_EQ((OneNeuron{columns, {5, -3, none, 100}}.tick(9)), 9);
}

TEST(TrueNorth, has_three_reset_modes_below_the_negative_threshold_and_saturation) {
    const std::vector<std::string> columns{"threshold", "negative_threshold", "reset_potential", "reset_mode",
                                           "negative_saturation"};
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, normal, 0}}.tick(-5)), -5);  // V < -beta is needed
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, normal, 0}}.tick(-6)), -4);  // -R
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, linear, 0}}.tick(-6)), -1);  // V + beta
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, none, 0}}.tick(-6)), -6);
    for (const double mode : {normal, linear, none}) EXPECT_EQ((OneNeuron{columns, {50, 5, 4, mode, 1}}.tick(-6)), -5);
}

TEST(TrueNorth, draws_eta_for_both_thresholds_but_not_for_saturation) {
    const std::vector<std::string> columns{"threshold",  "negative_threshold",  "reset_potential",
                                           "reset_mode", "negative_saturation", "threshold_mask_bits"};
    OneNeuron positive{columns, {10, 100, 0, linear, 0, 4}, {3, 2}};
    EXPECT_EQ(positive.tick(12), 12);  // 12 < 10 + 3
    EXPECT_FALSE(positive.fired());
    EXPECT_EQ(positive.tick(0), 0);  // 12 >= 10 + 2: V - (alpha + eta)
    EXPECT_TRUE(positive.fired());
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, linear, 0, 4}, {3}}.tick(-8)), -8);   // not below -(5 + 3)
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, linear, 0, 4}, {3}}.tick(-9)), -1);   // V + (beta + eta)
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, normal, 0, 4}, {3}}.tick(-9)), -4);   // -R
    EXPECT_EQ((OneNeuron{columns, {50, 5, 4, linear, 1, 4}, {15}}.tick(-6)), -5);  // kappa: -beta, eta plays no part
}

TEST(TrueNorth, leaks_towards_or_away_from_zero_when_reversed) {
    const std::vector<std::string> columns{"leak",      "leak_reversal",      "leak_stops_at_zero",
                                           "threshold", "negative_threshold", "initial_potential"};
    OneNeuron plain{columns, {-2, 0, 0, 100, 100, 3}};
    EXPECT_EQ(plain.tick(0), 1);
    EXPECT_EQ(plain.tick(0), -1);
    EXPECT_EQ(plain.tick(0), -3);
    OneNeuron reversed{columns, {-2, 1, 0, 100, 100, 3}};
    EXPECT_EQ(reversed.tick(0), 1);
    EXPECT_EQ(reversed.tick(0), -1);  // rings around zero
    EXPECT_EQ(reversed.tick(0), 1);
    OneNeuron stopped{columns, {-2, 1, 1, 100, 100, 3}};
    EXPECT_EQ(stopped.tick(0), 1);
    EXPECT_EQ(stopped.tick(0), 0);
    EXPECT_EQ(stopped.tick(0), 0);  // sgn(0) = 0
    OneNeuron away{columns, {2, 1, 0, 100, 100, -3}};
    EXPECT_EQ(away.tick(0), -5);
}

TEST(TrueNorth, leaks_by_one_where_the_draw_is_at_most_lambda) {
    const std::vector<std::string> columns{"leak", "stochastic_leak", "threshold", "negative_threshold", "initial_potential"};
    OneNeuron down{columns, {-3, 1, 100, 100, 10}, {3, 4, 0, 255}};
    EXPECT_EQ(down.tick(0), 9);  // F(-3, 3) = 1
    EXPECT_EQ(down.tick(0), 9);  // F(-3, 4) = 0
    EXPECT_EQ(down.tick(0), 8);
    EXPECT_EQ(down.tick(0), 8);
    OneNeuron always{columns, {-256, 1, 100, 100, 10}, {255, 255}};
    EXPECT_EQ(always.tick(0), 9);  // |lambda| = 256 is above every draw
}

TEST(TrueNorth, asks_for_the_leak_s_draw_before_the_threshold_s) {
    const std::vector<std::string> columns{"leak", "stochastic_leak", "threshold", "threshold_mask_bits", "reset_mode"};
    OneNeuron neuron{columns, {1, 1, 4, 2, none}, {1, 0, 2, 3}};
    EXPECT_EQ(neuron.tick(3), 4);  // leak: draw 1 acts; eta = 0: 4 >= 4
    EXPECT_TRUE(neuron.fired());
    EXPECT_EQ(neuron.tick(0), 4);  // leak: draw 2 does not act; eta = 3: 4 < 7
    EXPECT_FALSE(neuron.fired());
}

TEST(TrueNorth, holds_or_wraps_beyond_the_width_of_its_potential) {
    const std::vector<std::string> columns{"threshold",           "negative_threshold", "reset_mode",
                                           "negative_saturation", "potential_bits",     "width"};
    OneNeuron twenty_bits{{"threshold", "reset_mode", "initial_potential"}, {262143, none, 262142}};
    EXPECT_EQ(twenty_bits.tick(300000), 524287);  // 2^19 - 1
    OneNeuron nine_bits{columns, {262143, 262143, none, 0, 9, wrap}};
    EXPECT_EQ(nine_bits.tick(255), 255);
    EXPECT_EQ(nine_bits.tick(1), -256);
    EXPECT_EQ(nine_bits.tick(-1), 255);
}

/// The equations as the paper prints them, each symbol a number: eqs. 2 to 9 with R, lambda, alpha, beta, gamma, kappa,
/// epsilon, c; r_leak is the draw for F, eta the masked one for the thresholds.
struct Printed {
    int lambda, alpha, beta, r, gamma, kappa, epsilon, c;
    [[nodiscard]] static int sgn(int x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
    [[nodiscard]] static int delta(int x) { return x == 0 ? 1 : 0; }
    /// V after a tick in which the synapses brought `sum`, and whether the neuron fired.
    [[nodiscard]] std::pair<int, bool> tick(int v, int sum, int r_leak, int eta) const {
        v += sum;
        const int omega = (1 - epsilon) + epsilon * sgn(v);
        const int f = std::abs(lambda) >= r_leak ? 1 : 0;
        v += omega * ((1 - c) * lambda + c * f * sgn(lambda));
        if (v >= alpha + eta) return {delta(gamma) * r + delta(gamma - 1) * (v - (alpha + eta)) + delta(gamma - 2) * v, true};
        if (v < -(beta * kappa + (beta + eta) * (1 - kappa)))
            v = -beta * kappa +
                (-delta(gamma) * r + delta(gamma - 1) * (v + (beta + eta)) + delta(gamma - 2) * v) * (1 - kappa);
        return {v, false};
    }
};

TEST(TrueNorth, follows_the_printed_equations_in_every_combination_of_its_modes) {
    const std::vector<std::string> columns{
        "leak",          "threshold",       "negative_threshold", "reset_potential", "reset_mode", "negative_saturation",
        "leak_reversal", "stochastic_leak", "threshold_mask_bits"};
    std::mt19937 random{20130804};
    const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>{low, high}(random); };
    constexpr int modes = 3 * 2 * 2 * 2 * 2;  // gamma, kappa, epsilon, c, eta or none
    for (int trial = 0; trial < 50 * modes; ++trial) {
        const Printed printed{.lambda = between(-20, 20),
                              .alpha = between(0, 30),
                              .beta = between(0, 30),
                              .r = between(-10, 10),
                              .gamma = trial % 3,
                              .kappa = trial / 3 % 2,
                              .epsilon = trial / 6 % 2,
                              .c = trial / 12 % 2};
        const int mask_bits = trial / 24 % 2 == 0 ? 0 : between(1, 5);
        Draws draws;
        std::vector<std::array<int, 3>> given;  // sum, draw of the leak, eta
        for (int tick = 0; tick < 12; ++tick) {
            given.push_back(
                {between(-25, 25), printed.c != 0 ? between(0, 40) : 0, mask_bits != 0 ? between(0, (1 << mask_bits) - 1) : 0});
            if (printed.c != 0) draws.push_back(given.back()[1]);
            if (mask_bits != 0) draws.push_back(given.back()[2]);
        }
        OneNeuron neuron{
            columns,
            {double(printed.lambda), double(printed.alpha), double(printed.beta), double(printed.r), double(printed.gamma),
             double(printed.kappa), double(printed.epsilon), double(printed.c), double(mask_bits)},
            draws};
        int v = 0;
        for (const auto& [sum, r_leak, eta] : given) {
            const auto [after, fired] = printed.tick(v, sum, r_leak, eta);
            v = after;
            ASSERT_EQ(neuron.tick(sum), v) << "trial " << trial;
            ASSERT_EQ(neuron.fired(), fired) << "trial " << trial;
        }
    }
}

// --- statistics ---------------------------------------------------------------------------------------------------------

constexpr std::size_t neurons = 1000;
constexpr std::uint64_t ticks = 1000;

void expect_share(std::int64_t count, double probability) {
    constexpr double draws = static_cast<double>(neurons) * static_cast<double>(ticks);
    const double sigma = std::sqrt(probability * (1.0 - probability) / draws);
    EXPECT_NEAR(static_cast<double>(count) / draws, probability, 4.0 * sigma);
}

[[nodiscard]] std::vector<DrawSource> generators() {
    return {DrawSource{Rng::key_of(7, "core.0.neurons")},
            DrawSource{std::make_shared<ShiftRegister>(ShiftRegister::Params{.seed = 0xACE1})}};
}

TEST(TrueNorthStatistics, a_stochastic_leak_acts_in_lambda_plus_one_of_256_ticks) {
    for (const DrawSource& draws : generators())
        for (const double lambda : {0.0, 1.0, -100.0, 255.0}) {
            NeuronPopulation population{{.model = "truenorth",
                                         .columns = {"leak", "stochastic_leak", "threshold", "negative_threshold"},
                                         .rows = std::vector<std::vector<double>>(neurons, {lambda, 1, 262143, 262143})}};
            population.draw_from(draws);
            const std::vector<std::int32_t> silence(neurons, 0);
            for (std::uint64_t tick = 1; tick <= ticks; ++tick) static_cast<void>(population.step(tick, silence));
            std::int64_t moved = 0;
            for (std::size_t i = 0; i < neurons; ++i) moved += population.state(i, ticks, "potential");
            if (lambda < 0.0) moved = -moved;
            expect_share(moved, lambda == 0.0 ? 0.0 : (std::abs(lambda) + 1.0) / 256.0);
        }
}

TEST(TrueNorthStatistics, a_stochastic_threshold_is_passed_in_proportion_to_how_far_v_is_above_it) {
    for (const DrawSource& draws : generators())
        for (const double above : {0.0, 50.0, 254.0, 255.0}) {
            NeuronPopulation population{{.model = "truenorth",
                                         .columns = {"threshold", "threshold_mask_bits", "reset_mode", "initial_potential"},
                                         .rows = std::vector<std::vector<double>>(neurons, {100, 8, none, 100 + above})}};
            population.draw_from(draws);
            const std::vector<std::int32_t> silence(neurons, 0);
            std::int64_t spikes = 0;
            for (std::uint64_t tick = 1; tick <= ticks; ++tick)
                for (const std::int32_t payload : population.step(tick, silence)) spikes += payload;
            expect_share(spikes, (above + 1.0) / 256.0);
        }
}

}  // namespace
}  // namespace spikefab
