// SPDX-License-Identifier: Apache-2.0
// Learning rules: what the notation means, and what is refused.
#include "models/plasticity/learning_rule.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

using enum LearningDependency;
using Variable = LearningVariable;

TEST(LearningRule, of_pairwise_stdp_has_two_products_with_the_exponent_counted_from_minus_seven) {
    const LearningSum sum = parse_learning_rule("dw = 2^-4*x1*y0 - 2^-4*y1*x0", "dw");
    const LearningSum expected{{.dependency = target_spike, .mantissa = 1, .exponent = 3, .factors = {{Variable::x1}}},
                               {.dependency = source_spike, .mantissa = -1, .exponent = 3, .factors = {{Variable::y1}}}};
    EXPECT_EQ(sum, expected);
}

TEST(LearningRule, reads_brackets_signs_constants_and_epochs) {
    const LearningSum sum = parse_learning_rule("-u2*(w - 3)*2^2 + x0*sgn(t+1)*y0*(-3)*(10-w)", "dw");
    const LearningSum expected{
        {.dependency = every_epoch, .epoch_exponent = 2, .mantissa = -1, .exponent = 9, .factors = {{Variable::weight, -3}}},
        {.dependency = source_spike,
         .mantissa = 3,
         .exponent = 7,
         .factors = {{Variable::tag, 1, true}, {Variable::y0}, {Variable::weight, -10}}}};
    EXPECT_EQ(sum, expected);
}

TEST(LearningRule, moves_powers_of_two_of_a_large_scale_into_the_exponent) {
    const LearningSum sum = parse_learning_rule("24*x0*y1", "dw");
    ASSERT_EQ(sum.size(), 1U);
    EXPECT_EQ(sum[0].mantissa, 6);
    EXPECT_EQ(sum[0].exponent, 9);
}

TEST(LearningRule, written_as_text_reads_back_the_same) {
    for (const char* text : {"2^-4*x1*y0 - 2^-4*y1*x0", "-u0*(w-3)*2^2 + x0*sgn(t+1)*y0", "3*2^-7*x0*y1*r1*(d+2)", "x0"}) {
        const LearningSum sum = parse_learning_rule(text, "dw");
        EXPECT_EQ(parse_learning_rule(to_text(sum), "dw"), sum) << text << " became " << to_text(sum);
    }
}

TEST(LearningRule, that_is_empty_changes_nothing) {
    EXPECT_TRUE(parse_learning_rule(" ", "dt").empty());
}

/// Text, and a part of the message it gets.
class BadLearningRule : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadLearningRule, is_refused_with_the_place_and_what_was_expected) {
    try {
        static_cast<void>(parse_learning_rule(GetParam().first, "dw"));
        FAIL() << "taken: " << GetParam().first;
    } catch (const InputError& error) {
        EXPECT_NE(std::string{error.what()}.find(GetParam().second), std::string::npos) << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(Each, BadLearningRule,
                         testing::Values(std::pair{"x1*y1", "one of x0, y0, u<k>"}, std::pair{"x0*q1", "character 4"},
                                         std::pair{"x0*", "a number, a variable or a bracket"},
                                         std::pair{"dt = x0*y1", "'dw' is expected"}, std::pair{"9*x0", "-8 and 7"},
                                         std::pair{"2^-9*x0", "2^-7"}, std::pair{"3^2*x0", "a power of 2"},
                                         std::pair{"x0*sgn(x1)", "w, d or t"}, std::pair{"x0*(w+1", "')'"},
                                         std::pair{"u1*u2*w", "no second u<k>"}, std::pair{"x0 y1", "the end of the rule"}));

}  // namespace
}  // namespace spikefab
