// SPDX-License-Identifier: Apache-2.0
// Random streams: known answers, independence of order, distributions.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace spikefab {
namespace {

// Known answer of philox4x32-10 for zero counter and key, from Random123's kat_vectors.
TEST(Philox, gives_the_published_known_answer) {
    const std::array<std::uint32_t, 4> expected{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), expected);
}

TEST(Rng, depends_on_name_unit_and_step_only) {
    Rng first{7, "core.3.read_noise", 5, 11};
    Rng again{7, "core.3.read_noise", 5, 11};
    EXPECT_EQ(first.bits(), again.bits());
    EXPECT_NE(Rng(7, "core.3.read_noise", 6, 11).bits(), Rng(7, "core.3.read_noise", 5, 11).bits());
    EXPECT_NE(Rng(7, "core.4.read_noise", 5, 11).bits(), Rng(7, "core.3.read_noise", 5, 11).bits());
    EXPECT_NE(Rng(8, "core.3.read_noise", 5, 11).bits(), Rng(7, "core.3.read_noise", 5, 11).bits());
}

TEST(Rng, normal_has_zero_mean_and_unit_variance_within_four_sigma) {
    constexpr int draws = 100000;
    Rng rng{1, "normal"};
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double x = rng.normal();
        sum += x;
        squares += x * x;
    }
    EXPECT_NEAR(sum / draws, 0.0, 4.0 / std::sqrt(draws));
    EXPECT_NEAR(squares / draws, 1.0, 4.0 * std::sqrt(2.0 / draws));
}

TEST(Rng, below_stays_below_and_reaches_every_value) {
    Rng rng{1, "below"};
    std::array<int, 7> seen{};
    for (int i = 0; i < 7000; ++i) ++seen.at(rng.below(7));
    for (const int count : seen) EXPECT_NEAR(count, 1000, 4 * 30);
}

}  // namespace
}  // namespace spikefab
