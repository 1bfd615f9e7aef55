// SPDX-License-Identifier: Apache-2.0
// Encoders: each rule on values worked out by hand, and what all of them promise.
#include "models/encoding/encoder.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SpikeTrain encoded(std::string_view name, std::vector<double> values, std::uint32_t steps, std::uint64_t image = 0,
                   std::uint64_t seed = 1) {
    SpikeTrain train;
    Registry<Encoder>::instance().make(name)->encode(
        values, {.steps = steps, .neurons = static_cast<std::uint32_t>(values.size()), .image = image, .seed = seed}, train);
    return train;
}

/// Steps at which the one pixel spikes.
std::vector<std::uint32_t> steps_of(std::string_view name, double value, std::uint32_t steps) {
    const SpikeTrain train = encoded(name, {value}, steps);
    std::vector<std::uint32_t> fired;
    for (std::uint32_t step = 0; step < steps; ++step)
        if (!train.at(step).empty()) fired.push_back(step);
    return fired;
}

TEST(Encoding, integrate_spikes_strictly_above_one_and_starts_from_zero) {
    EXPECT_THAT(steps_of("integrate", 0.5, 8), ElementsAre(2, 5));  // 0.5, 1.0 (no), 1.5 -> 0
    EXPECT_THAT(steps_of("integrate", 1.0, 5), ElementsAre(1, 3));
    EXPECT_THAT(steps_of("integrate", 0.0, 5), ElementsAre());
}

TEST(Encoding, integrate_subtract_loses_nothing) {
    EXPECT_THAT(steps_of("integrate_subtract", 0.75, 6), ElementsAre(1, 2, 4, 5));  // 1.5, 1.25, 1.0 (no), 1.75, 1.5
    EXPECT_THAT(steps_of("integrate_subtract", 1.0, 5), ElementsAre(1, 2, 3, 4));
}

TEST(Encoding, ramp_spikes_while_the_value_is_above_the_level_of_the_step) {
    EXPECT_THAT(steps_of("ramp", 0.5, 4), ElementsAre(0, 1));  // levels 1/8, 3/8, 5/8, 7/8
    EXPECT_THAT(steps_of("ramp", 0.125, 4), ElementsAre());    // not above the first
    EXPECT_THAT(steps_of("ramp", 1.0, 4), ElementsAre(0, 1, 2, 3));
}

TEST(Encoding, latency_spikes_once_and_bright_pixels_first) {
    EXPECT_THAT(steps_of("latency", 1.0, 9), ElementsAre(0));
    EXPECT_THAT(steps_of("latency", 0.5, 9), ElementsAre(4));
    EXPECT_THAT(steps_of("latency", 1e-9, 9), ElementsAre(8));
    EXPECT_THAT(steps_of("latency", 0.0, 9), ElementsAre());
}

TEST(Encoding, threshold_is_all_or_nothing) {
    EXPECT_THAT(steps_of("threshold", 0.51, 3), ElementsAre(0, 1, 2));
    EXPECT_THAT(steps_of("threshold", 0.5, 3), ElementsAre());
}

TEST(Encoding, poisson_has_the_right_rate_and_depends_on_seed_image_and_pixel_only) {
    const std::vector<double> values(1000, 0.3);
    const SpikeTrain train = encoded("poisson", values, 100);
    const double mean = 0.3 * 100'000;
    EXPECT_NEAR(static_cast<double>(train.neurons.size()), mean, 5 * std::sqrt(mean * 0.7));
    EXPECT_EQ(encoded("poisson", values, 100), train);
    EXPECT_NE(encoded("poisson", values, 100, 1), train);
    EXPECT_NE(encoded("poisson", values, 100, 0, 2), train);
    const SpikeTrain shorter = encoded("poisson", std::vector<double>(10, 0.3), 100);
    for (std::size_t step = 0; step < 100; ++step) {
        std::vector<std::uint32_t> first_ten;
        for (const std::uint32_t neuron : train.at(step))
            if (neuron < 10) first_ten.push_back(neuron);
        EXPECT_THAT(shorter.at(step), testing::ElementsAreArray(first_ten));
    }
}

TEST(Encoding, spikes_are_taken_as_they_are_and_silence_follows) {
    SpikeTrain train;
    const std::vector<double> values{0, 1, 1, 0, 0, 0.5};  // 2 steps of 3 neurons
    Registry<Encoder>::instance().make("spikes")->encode(values, {.steps = 3, .neurons = 3}, train);
    EXPECT_THAT(train.at(0), ElementsAre(1, 2));
    EXPECT_THAT(train.at(1), ElementsAre(2));
    EXPECT_THAT(train.at(2), ElementsAre());
}

TEST(Encoding, every_encoder_gives_rising_neurons_and_as_many_steps_as_asked) {
    for (const std::string_view name : Registry<Encoder>::instance().names()) {
        std::vector<double> values;
        for (int i = 0; i < 256; ++i) values.push_back(i / 255.0);
        const SpikeTrain train = encoded(name, values, 16);
        ASSERT_EQ(train.steps(), 16U) << name;
        for (std::size_t step = 0; step < 16; ++step) {
            const auto spikes = train.at(step);
            EXPECT_TRUE(std::is_sorted(spikes.begin(), spikes.end(), std::less_equal<>{})) << name;
        }
    }
}

TEST(Encoding, a_brighter_pixel_never_spikes_less) {
    for (const char* name : {"integrate", "integrate_subtract", "ramp", "threshold"}) {
        std::size_t before = 0;
        for (int i = 0; i <= 255; ++i) {
            const std::size_t count = steps_of(name, i / 255.0, 32).size();
            EXPECT_GE(count, before) << name << " at " << i;
            before = count;
        }
    }
}

TEST(Encoding, values_outside_0_to_1_are_refused_with_their_index) {
    for (const double bad : {1.0001, -0.1, std::numeric_limits<double>::quiet_NaN()}) {
        try {
            (void)encoded("ramp", {0.0, 1.0, bad}, 4, 17);
            FAIL() << "was accepted";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr("image 17, value 2"));
            EXPECT_THAT(error.what(), HasSubstr("ramp"));
        }
    }
}

TEST(Encoding, an_image_of_the_wrong_size_is_refused) {
    SpikeTrain train;
    const auto encoder = Registry<Encoder>::instance().make("ramp");
    EXPECT_THROW(encoder->encode(std::vector<double>(4, 0.0), {.steps = 1, .neurons = 5}, train), InputError);
    const auto spikes = Registry<Encoder>::instance().make("spikes");
    EXPECT_THROW(spikes->encode(std::vector<double>(4, 0.0), {.steps = 1, .neurons = 3}, train), InputError);
}

}  // namespace
}  // namespace spikefab
