// SPDX-License-Identifier: Apache-2.0
// Loihi's weight formats and the bits that an axon's list takes.
#include "models/synapse/loihi_weights.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace spikefab {
namespace {

TEST(StoredWeight, of_mixed_sign_loses_its_lowest_bit_downwards) {
    const WeightFormat format{};
    EXPECT_EQ(stored_weight(5, format), 4);
    EXPECT_EQ(stored_weight(-5, format), -6);
    EXPECT_EQ(stored_weight(255, format), 254);
    EXPECT_EQ(stored_weight(-300, format), -256);
}

TEST(StoredWeight, of_one_sign_keeps_eight_bits_and_clips_the_other_sign_to_zero) {
    EXPECT_EQ(stored_weight(255, {.sign = SignMode::excitatory}), 255);
    EXPECT_EQ(stored_weight(-3, {.sign = SignMode::excitatory}), 0);
    EXPECT_EQ(stored_weight(-255, {.sign = SignMode::inhibitory}), -255);
    EXPECT_EQ(stored_weight(7, {.sign = SignMode::inhibitory}), 0);
}

TEST(StoredWeight, of_fewer_bits_is_coarser_and_inhibitory_ones_round_toward_zero) {
    EXPECT_EQ(stored_weight(200, {.sign = SignMode::excitatory, .bits = 4}), 192);
    EXPECT_EQ(stored_weight(-200, {.sign = SignMode::inhibitory, .bits = 4}), -192);
    EXPECT_EQ(stored_weight(-200, {.sign = SignMode::mixed, .bits = 4}), -224);
}

TEST(ScaledSum, shifts_the_sum_and_not_the_weights) {
    EXPECT_EQ(scaled_sum(-3, {.exponent = 2}), -12);
    EXPECT_EQ(scaled_sum(-3, {.exponent = -1}), -2);
    EXPECT_EQ(scaled_sum(3, {.exponent = -1}), 1);
}

// nengo-loihi e564f66 block.py: 64 entries of 8 + 6 bits and a 10-bit header are 906 bits, 15 words; one more entry opens a
// block of 24 bits, one word.
TEST(AxonListBits, are_rounded_to_words_block_by_block) {
    const SynapseFormat format{.weight_bits = 8};
    EXPECT_EQ(bits_per_axon_list(0, format, 64), 0U);
    EXPECT_EQ(bits_per_axon_list(1, format, 64), 64U);
    EXPECT_EQ(bits_per_axon_list(3, format, 64), 64U);   // 52 bits
    EXPECT_EQ(bits_per_axon_list(4, format, 64), 128U);  // 66 bits
    EXPECT_EQ(bits_per_axon_list(64, format, 64), 15U * 64U);
    EXPECT_EQ(bits_per_axon_list(65, format, 64), 16U * 64U);
}

TEST(AxonListBits, of_a_dense_list_have_no_index_and_of_a_long_span_a_longer_one) {
    SynapseFormat format{.weight_bits = 8, .delay_bits = 6, .tag_bits = 9};
    EXPECT_EQ(bits_per_axon_list(10, format, 1024), 384U);  // 10 * (23 + 10) + 10 = 340
    format.dense = true;
    EXPECT_EQ(bits_per_axon_list(10, format, 1024), 256U);  // 10 * 23 + 10 = 240
}

TEST(IndexBits, are_none_for_one_neuron_and_else_six_to_twelve) {
    EXPECT_EQ(index_bits(1), 0U);
    EXPECT_EQ(index_bits(2), 6U);
    EXPECT_EQ(index_bits(64), 6U);
    EXPECT_EQ(index_bits(65), 7U);
    EXPECT_EQ(index_bits(4096), 12U);
    EXPECT_THROW(static_cast<void>(index_bits(4097)), InputError);
}

TEST(CheapestAxonList, is_dense_when_most_targets_are_hit_and_sparse_when_few_are) {
    const SynapseFormat format{.weight_bits = 8};
    EXPECT_TRUE(cheapest_axon_list(60, format, 64).dense);
    EXPECT_FALSE(cheapest_axon_list(3, format, 64).dense);
    EXPECT_EQ(cheapest_axon_list(3, format, 64).bits, 64U);
}

}  // namespace
}  // namespace spikefab
