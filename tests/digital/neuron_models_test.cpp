// SPDX-License-Identifier: Apache-2.0
// Each neuron model against its equations worked out independently: by hand, in closed form, or by the paper's own program.
#include "base/random.hpp"
#include "digital/one_neuron.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <map>
#include <numbers>

namespace spikefab {
namespace {

using Payloads = std::vector<std::int32_t>;

TEST(Alif, raises_its_threshold_by_a_spike_and_lets_it_fall_back) {
    FewNeurons<double> neuron{"alif", {"leak", "threshold", "adaptation", "adaptation_leak"}, {{0.5, 1.0, 2.0, 0.75}}};
    EXPECT_EQ(neuron.step({1.5}), Payloads{1});
    EXPECT_DOUBLE_EQ(neuron.state("adaptation"), 0.25);  // 1 - rho
    EXPECT_EQ(neuron.step({1.5}), Payloads{0});          // threshold 1 + 2 * 0.25: not strictly above
    EXPECT_DOUBLE_EQ(neuron.state("potential"), 1.5);
    EXPECT_DOUBLE_EQ(neuron.state("adaptation"), 0.1875);
    EXPECT_EQ(neuron.step({0.7}), Payloads{1});  // 0.75 + 0.7 = 1.45 > 1.375
}

/// The spike interval of a constant current: n steps from reset to threshold(n). With leak 1 the potential is n I, and right
/// after a spike in equilibrium a = (1 - rho) / (1 - rho^n).
TEST(Alif, settles_into_the_interval_that_the_equations_give) {
    constexpr double current = 0.07, rho = 0.9, beta = 3.0;
    FewNeurons<double> neuron{
        "alif", {"leak", "threshold", "adaptation", "adaptation_leak", "bias"}, {{1.0, 1.0, beta, rho, current}}};
    int last = 0, interval = 0;
    for (int step = 1; step <= 2000; ++step)
        if (neuron.step({0.0})[0] != 0) {
            interval = step - last;
            last = step;
        }
    int expected = 1;
    // a[t-1] as the spike is tested, n steps after the last spike: the largest value times rho^(n-1).
    while (expected * current <= 1.0 + beta * (1.0 - rho) / (1.0 - std::pow(rho, expected)) * std::pow(rho, expected - 1))
        ++expected;
    EXPECT_EQ(interval, expected);
}

/// The program of Izhikevich (2003), line by line, for one neuron: spikes are found at the start of a step.
std::vector<int> program_of_the_paper(double a, double b, double c, double d, double current, int milliseconds) {
    double v = -65.0;
    double u = b * v;
    std::vector<int> firings;
    for (int t = 1; t <= milliseconds; ++t) {
        if (v >= 30.0) {
            firings.push_back(t);
            v = c;
            u += d;
        }
        v += 0.5 * (0.04 * v * v + 5.0 * v + 140.0 - u + current);
        v += 0.5 * (0.04 * v * v + 5.0 * v + 140.0 - u + current);
        u += a * (b * v - u);
    }
    return firings;
}

TEST(Izhikevich, fires_when_the_program_of_the_paper_does) {
    struct Pattern {
        double a, b, c, d, current;
    };
    for (const Pattern& p : {Pattern{0.02, 0.2, -65, 8, 10}, Pattern{0.02, 0.2, -55, 4, 10}, Pattern{0.02, 0.2, -50, 2, 10},
                             Pattern{0.1, 0.2, -65, 2, 10}, Pattern{0.02, 0.25, -65, 2, 5}}) {
        FewNeurons<double> neuron{"izhikevich", {"a", "b", "c", "d", "bias"}, {{p.a, p.b, p.c, p.d, p.current}}};
        std::vector<int> firings;
        for (int t = 1; t < 1000; ++t)
            if (neuron.step({0.0})[0] != 0) firings.push_back(t + 1);  // the program finds it a step later
        EXPECT_EQ(firings, program_of_the_paper(p.a, p.b, p.c, p.d, p.current, 1000));
        EXPECT_GT(firings.size(), 5U);
    }
}

TEST(Izhikevich, rests_where_both_equations_are_zero) {
    FewNeurons<double> neuron{"izhikevich", {"b", "bias"}, {{0.2, 2.0}}};
    for (int t = 0; t < 2000; ++t) EXPECT_EQ(neuron.step({0.0}), Payloads{0});
    EXPECT_NEAR(neuron.state("potential"), (-4.8 - std::sqrt(4.8 * 4.8 - 4.0 * 0.04 * 142.0)) / 0.08, 1e-6);
    EXPECT_FALSE(neuron.awake());
}

TEST(ResonateAndFire, swings_as_the_complex_exponential) {
    constexpr double damping = -0.05, frequency = 0.3, pulse = 0.8;
    FewNeurons<double> neuron{"resonate_and_fire", {"damping", "frequency", "threshold"}, {{damping, frequency, 1.0}}};
    EXPECT_EQ(neuron.step({pulse}), Payloads{0});
    for (int t = 1; t < 200; ++t) {
        EXPECT_EQ(neuron.step({0.0}), Payloads{0});
        const auto z = pulse * std::exp(std::complex<double>{damping * t, frequency * t});
        EXPECT_NEAR(neuron.state("x"), z.real(), 1e-12);
        EXPECT_NEAR(neuron.state("potential"), z.imag(), 1e-12);
    }
}

/// Izhikevich (2001), sec. 3: two pulses one period apart add up, half a period apart they cancel.
TEST(ResonateAndFire, fires_for_pulses_at_its_own_rhythm_only) {
    constexpr int period = 20;
    const auto spikes_of_doublet = [](int distance) {
        FewNeurons<double> neuron{
            "resonate_and_fire", {"damping", "frequency", "threshold"}, {{-0.01, 2.0 * std::numbers::pi / period, 1.0}}};
        int spikes = 0;
        for (int t = 0; t < 100; ++t) spikes += neuron.step({t == 0 || t == distance ? 0.8 : 0.0})[0];
        return spikes;
    };
    EXPECT_EQ(spikes_of_doublet(period), 1);
    EXPECT_EQ(spikes_of_doublet(period / 2), 0);
    EXPECT_EQ(spikes_of_doublet(1000), 0);
}

TEST(SigmaDelta, sends_changes_that_reach_the_threshold_and_keeps_the_rest) {
    FewNeurons<std::int32_t> neuron{"sigma_delta", {"threshold"}, {{10}}};
    EXPECT_EQ(neuron.step({9}), Payloads{0});
    EXPECT_EQ(neuron.step({1}), Payloads{10});
    EXPECT_EQ(neuron.step({0}), Payloads{0});
    EXPECT_EQ(neuron.step({-25}), Payloads{-10});  // rectified: the activation went from 10 to 0
    EXPECT_EQ(neuron.state("potential"), -15);
    EXPECT_EQ(neuron.step({40}), Payloads{25});
}

TEST(SigmaDelta, remembers_what_the_shift_left_behind) {
    FewNeurons<std::int32_t> neuron{"sigma_delta", {"threshold", "shift", "activation"}, {{1, 3, 0}}};
    EXPECT_EQ(neuron.step({13}), Payloads{1});  // 8 of 13 sent
    EXPECT_EQ(neuron.state("sent"), 8);
    EXPECT_EQ(neuron.step({3}), Payloads{1});    // 16 - 8
    EXPECT_EQ(neuron.step({-1}), Payloads{-1});  // rounded down: the receivers now know of 8
    EXPECT_EQ(neuron.step({0}), Payloads{0});
    EXPECT_FALSE(neuron.awake());
}

TEST(SigmaDelta, adds_up_to_the_activation_at_its_receiver) {
    Rng rng{3, "sigma_delta"};
    FewNeurons<std::int32_t> neuron{"sigma_delta", {"threshold", "bias"}, {{7, 20}}};
    std::int64_t received = 0, sum = 0;
    for (int t = 0; t < 1000; ++t) {
        const auto input = static_cast<std::int32_t>(rng.below(41)) - 20;
        sum += input;
        received += neuron.step({input})[0];
        EXPECT_LT(std::abs(received - std::max<std::int64_t>(0, sum + 20)), 7);
    }
}

TEST(Akida, quantises_the_rectified_sum_of_the_step) {
    FewNeurons<std::int32_t> neuron{"akida", {"bits", "threshold", "step"}, {{2, 10, 5}}};
    EXPECT_EQ(neuron.step({14}), Payloads{0});
    EXPECT_EQ(neuron.step({15}), Payloads{1});
    EXPECT_EQ(neuron.step({24}), Payloads{2});
    EXPECT_EQ(neuron.step({1000}), Payloads{3});  // 2 bits
    EXPECT_EQ(neuron.step({-1000}), Payloads{0});
    EXPECT_EQ(neuron.step({15}), Payloads{1});  // no memory
    EXPECT_FALSE(neuron.awake());
}

TEST(Akida, with_a_positive_activation_at_rest_sends_it_in_every_step) {
    FewNeurons<std::int32_t> neuron{"akida", {"threshold", "step"}, {{-10, 5}}};
    for (int t = 0; t < 3; ++t) EXPECT_EQ(neuron.step({0}), Payloads{2});
    EXPECT_TRUE(neuron.awake());
}

TEST(LoihiTernary, fires_up_and_down_strictly_beyond_its_thresholds) {
    FewNeurons<std::int32_t> neuron{"loihi_ternary", {"upper_threshold", "lower_threshold"}, {{3, -2}}};
    EXPECT_EQ(neuron.step({3}), Payloads{0});  // 192 is not above 192
    EXPECT_EQ(neuron.step({1}), Payloads{1});
    EXPECT_EQ(neuron.state("potential"), 0);
    EXPECT_EQ(neuron.step({-2}), Payloads{0});
    EXPECT_EQ(neuron.step({-1}), Payloads{-1});
    EXPECT_EQ(neuron.state("potential"), 0);
}

/// 10^6 draws of r: every value of -127..127 as often as any other, with the mean and variance of the uniform distribution.
TEST(LoihiNoise, is_uniform) {
    constexpr int neurons = 500, steps = 2000;
    constexpr double draws = 1.0 * neurons * steps, values = 255.0;
    FewNeurons<std::int32_t> population{
        "loihi_cuba", {"noise", "noise_exponent", "threshold"}, std::vector<std::vector<double>>(neurons, {1, 7, 131071})};
    population.draw_from(DrawSource{Rng::key_of(7, "core.0.neurons")});
    std::map<std::int64_t, double> counts;
    double sum = 0.0, squares = 0.0;
    for (int step = 0; step < steps; ++step) {
        static_cast<void>(population.step(std::vector<std::int32_t>(neurons, 0)));
        for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
            const double r = population.state("input", neuron);  // with exponent 7 the noise is r itself
            ++counts[static_cast<std::int64_t>(r)];
            sum += r;
            squares += r * r;
        }
    }
    EXPECT_EQ(counts.size(), 255U);
    EXPECT_EQ(counts.begin()->first, -127);
    const double variance = (values * values - 1.0) / 12.0;
    EXPECT_NEAR(sum / draws, 0.0, 4.0 * std::sqrt(variance / draws));
    // The fourth moment of a discrete uniform variable is (3 n^4 - 10 n^2 + 7) / 240.
    const double fourth = (3.0 * std::pow(values, 4) - 10.0 * values * values + 7.0) / 240.0;
    EXPECT_NEAR(squares / draws, variance, 4.0 * std::sqrt((fourth - variance * variance) / draws));
    double chi_squared = 0.0;
    for (const auto& [value, count] : counts) chi_squared += std::pow(count - draws / values, 2) / (draws / values);
    EXPECT_NEAR(chi_squared, values - 1.0, 4.0 * std::sqrt(2.0 * (values - 1.0)));
}

}  // namespace
}  // namespace spikefab
