// SPDX-License-Identifier: Apache-2.0
// Weights as conductances and back, against plain arithmetic.
#include "models/crossbar/weight_encoding.hpp"

#include "analog/golden.hpp"
#include "base/error.hpp"
#include "models/column/dac.hpp"
#include "models/column/sar_adc.hpp"
#include "models/column/sense_amplifier.hpp"
#include "models/crossbar/mesh.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spikefab {
namespace {

using test::hashed;

constexpr std::size_t inputs = 16;
constexpr std::size_t outputs = 24;

constexpr ConductanceRange range{1e-6, 1e-4};

[[nodiscard]] std::vector<double> random_weights() {
    std::vector<double> weights(inputs * outputs);
    for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = 2.0 * hashed(21, k, 0) - 1.0;
    return weights;
}

/// Sums of products without wires, for rows driven with 0.1 V times the input.
[[nodiscard]] std::vector<double> multiply(const EncodedWeights& encoded, const std::vector<double>& x) {
    constexpr double read_voltage = 0.1;
    const WireParams none{.word_line = Resistance{0.0}, .bit_line = Resistance{0.0}};
    std::vector<std::vector<double>> values;
    for (const PhysicalArray& array : encoded.arrays) {
        Mesh mesh{{array.rows, array.columns, array.rows_per_node}, none};
        mesh.program(array.conductance);
        std::vector<double> volts;
        for (const RowUse& row : encoded.rows) volts.push_back(row.sign * read_voltage * x[row.input]);
        mesh.solve(volts, *ModelChoice<CellLaw>{"linear"}, 1e-12);
        values.push_back(mesh.column_current());
        for (double& value : values.back()) value /= read_voltage * (range.high - range.low);
    }
    return encoded.decode(values, std::accumulate(x.begin(), x.end(), 0.0));
}

struct SchemeCase {
    WeightScheme scheme;
    CellPlacement placement;
    std::uint32_t bits, slices;
};
class EveryScheme : public ::testing::TestWithParam<SchemeCase> {};

TEST_P(EveryScheme, multiplies_within_the_error_of_its_levels_when_wires_are_ideal) {
    const SchemeCase scheme = GetParam();
    const WeightEncodingParams encoding{.scheme = scheme.scheme,
                                        .placement = scheme.placement,
                                        .bits_per_cell = scheme.bits,
                                        .slices = scheme.slices,
                                        .largest_weight = 1.0};
    const std::vector<double> weights = random_weights();
    const EncodedWeights encoded = encode_weights(weights, inputs, outputs, encoding, range);
    std::vector<double> x(inputs);
    for (std::size_t i = 0; i < inputs; ++i) x[i] = 2.0 * hashed(5, i, 0) - 1.0;
    const std::vector<double> y = multiply(encoded, x);
    const double level = scheme.bits == 0 ? 0.0 : 1.0 / (std::exp2(scheme.bits * scheme.slices) - 2.0);
    for (std::size_t j = 0; j < outputs; ++j) {
        double exact = 0.0;
        for (std::size_t i = 0; i < inputs; ++i) exact += weights[i * outputs + j] * x[i];
        EXPECT_NEAR(y[j], exact, 1e-12 + level * static_cast<double>(inputs)) << j;
    }
}
INSTANTIATE_TEST_SUITE_P(Encodings, EveryScheme,
                         ::testing::Values(SchemeCase{WeightScheme::differential, CellPlacement::adjacent_columns, 0, 1},
                                           SchemeCase{WeightScheme::differential, CellPlacement::interleaved_rows, 4, 1},
                                           SchemeCase{WeightScheme::differential, CellPlacement::adjacent_columns, 2, 4},
                                           SchemeCase{WeightScheme::two_sided, CellPlacement::interleaved_rows, 0, 1},
                                           SchemeCase{WeightScheme::offset_digital, CellPlacement::separate_arrays, 6, 1},
                                           SchemeCase{WeightScheme::offset_digital, CellPlacement::adjacent_columns, 4, 2},
                                           SchemeCase{WeightScheme::offset_column, CellPlacement::adjacent_columns, 0, 1},
                                           SchemeCase{WeightScheme::offset_column, CellPlacement::separate_arrays, 3, 3}));

TEST(WeightEncoding, refuses_what_no_array_can_hold) {
    const std::vector<double> weights(4, 0.5);
    EXPECT_THROW((void)encode_weights(weights, 2, 2, {.slices = 2}, range), InputError);
    EXPECT_THROW((void)encode_weights(weights, 2, 2, {}, {1e-4, 1e-6}), InputError);
    EXPECT_THROW(
        (void)encode_weights(weights, 2, 2,
                             {.scheme = WeightScheme::offset_digital, .placement = CellPlacement::interleaved_rows}, range),
        InputError);
    EXPECT_THROW((void)encode_weights(std::vector<double>(4, std::nan("")), 2, 2, {}, range), InputError);
}

TEST(Dac, slices_sum_to_the_quantised_input) {
    const std::vector<double> x{-1.0, -0.4, 0.0, 0.3, 0.99};
    for (const std::uint32_t per_slice : {1U, 2U, 3U}) {
        const auto slices = slice_inputs(x, 8, true, per_slice);
        for (std::size_t i = 0; i < x.size(); ++i) {
            double sum = 0.0;
            for (const DriveSlice& slice : slices) sum += slice.factor * slice.level[i];
            EXPECT_NEAR(sum, dac_level(x[i], 8, true), 1e-12);
        }
    }
}

TEST(SarAdc, rounds_to_the_nearest_level_and_clips_at_its_range) {
    const SarAdc adc{{.bits = 3}, {-1.0, 1.0}, Rng{1, "adc"}};
    EXPECT_EQ(adc.code(-5.0), 0U);
    EXPECT_EQ(adc.code(5.0), 7U);
    const double step = 2.0 / 7.0;
    for (std::uint32_t code = 0; code < 8; ++code) {
        EXPECT_EQ(adc.code(-1.0 + step * (code + 0.49)), code);
        EXPECT_NEAR(adc.convert(-1.0 + step * (code - 0.49)), -1.0 + step * code, 1e-15);
    }
}

TEST(SarAdc, with_mismatch_differs_from_instance_to_instance_as_its_sigma_says) {
    const SarAdcParams params{.bits = 8, .offset_sigma = 2.0};
    double squares = 0.0;
    constexpr int instances = 400;
    for (std::uint32_t k = 0; k < instances; ++k) {
        const SarAdc adc{params, {0.0, 255.0}, Rng{1, "adc", k}};
        squares += std::pow(static_cast<double>(adc.code(128.0)) - 128.0, 2);
    }
    EXPECT_NEAR(squares / instances, 4.0 + 1.0 / 12.0, 4.0 * 4.0 * std::sqrt(2.0 / instances));
}

TEST(SarAdc, takes_time_and_energy_as_its_resolution_says) {
    SarAdcParams adc{.bits = 8, .time = Time{0.83}, .energy = Energy{1.67}, .stated_bits = 8, .capacitor_share = 0.2};
    EXPECT_EQ(adc.conversion_time(), adc.time);
    EXPECT_EQ(adc.conversion_energy(), adc.energy);
    adc.bits = 4;  // half of the decisions, a sixteenth of the capacitors
    EXPECT_NEAR(adc.conversion_time().value(), 0.415, 1e-12);
    EXPECT_NEAR(adc.conversion_energy().value(), 1.67 * (0.8 / 2.0 + 0.2 / 16.0), 1e-12);
    adc.bits = 0;  // no quantisation: as stated
    EXPECT_EQ(adc.conversion_energy(), adc.energy);
    adc.bits = 10;
    adc.stated_bits = 0;
    EXPECT_EQ(adc.conversion_time(), adc.time);
}

TEST(SarAdc, that_spans_nothing_is_refused) {
    EXPECT_THROW((SarAdc{{}, {1.0, 1.0}, Rng{1, "adc"}}), InputError);
}

TEST(SenseAmplifier, decides_at_its_reference_and_errs_as_its_offset_says) {
    const SenseAmplifier perfect{{.reference = 0.3}, Rng{1, "sense"}};
    EXPECT_FALSE(perfect.decide(0.3));
    EXPECT_TRUE(perfect.decide(0.300001));
    int high = 0;
    constexpr int instances = 2000;
    for (std::uint32_t k = 0; k < instances; ++k)
        high += SenseAmplifier{{.reference = 0.3, .offset_sigma = 0.1}, Rng{1, "sense", k}}.decide(0.4) ? 1 : 0;
    // One sigma above the mean reference: decided right with probability 0.841.
    EXPECT_NEAR(high, 0.8413 * instances, 4.0 * std::sqrt(0.8413 * 0.1587 * instances));
}

}  // namespace
}  // namespace spikefab
