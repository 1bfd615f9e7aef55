// SPDX-License-Identifier: Apache-2.0
// Weights as conductances and back, against CrossSim's results and against plain arithmetic.
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

/// The matrix of crosssim_mvm.json, inputs x outputs.
[[nodiscard]] std::vector<double> golden_weights() {
    std::vector<double> weights(inputs * outputs);
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t j = 0; j < outputs; ++j) weights[i * outputs + j] = 2.0 * hashed(21, j, i) - 1.0;
    return weights;
}

/// How one of CrossSim's cases maps to ours.
struct CrossSimCase {
    WeightEncodingParams encoding{};
    std::uint32_t dac_bits = 0;
    bool input_slices = false;
    WireParams wires{.word_line = Resistance{0.0}, .bit_line = Resistance{0.0}};
    const char* law = "linear";
    bool positive_inputs = false;
    ConductanceRange range{1e-6, 1e-4};
    double read_voltage = 0.1;
};

constexpr auto apart = CellPlacement::separate_arrays;

[[nodiscard]] CrossSimCase setup_of(const std::string& name) {
    const WeightEncodingParams pair{.placement = apart, .largest_weight = 1.0};
    const WireParams wires{.word_line = Resistance::from_si(20.0), .bit_line = Resistance::from_si(10.0)};
    CrossSimCase setup{.encoding = pair};
    if (name == "C2_balanced_quant") {
        setup.encoding.bits_per_cell = 4;
        setup.dac_bits = 8;
    } else if (name == "C3_twosided_parasitics") {
        setup.encoding.scheme = WeightScheme::two_sided;
        setup.wires = wires;
    } else if (name == "C3b_onesided_parasitics_colterminal") {
        setup.wires = wires;
        setup.wires.sense = Resistance::from_si(30.0);
    } else if (name == "C3c_interleaved_parasitics") {
        setup.encoding.placement = CellPlacement::interleaved_rows;
        setup.wires = wires;
    } else if (name == "C4_offset_digital" || name == "C5_offset_unit_column") {
        setup.encoding.scheme = name[1] == '4' ? WeightScheme::offset_digital : WeightScheme::offset_column;
        setup.dac_bits = 8;
    } else if (name == "C6_bitsliced_balanced" || name == "C6b_bitsliced_input_sliced") {
        setup.encoding.bits_per_cell = 3;
        setup.encoding.slices = 2;
        setup.dac_bits = name[2] == 'b' ? 4 : 8;
        setup.input_slices = name[2] == 'b';
    } else if (name == "C8_milo_nonlinear") {
        setup.range = {50e-6, 225e-6};
        setup.read_voltage = 0.3;
        setup.law = "rram_milo";
        setup.positive_inputs = true;
    }
    return setup;
}

/// CrossSim's conductances (outputs x inputs, over G_max) of one of our arrays.
void expect_conductance(const PhysicalArray& array, const nlohmann::json& normal, double top, std::size_t sign) {
    const std::size_t columns = normal.size();
    for (std::size_t j = 0; j < columns; ++j)
        for (std::size_t i = 0; i < inputs; ++i)
            EXPECT_NEAR(array.conductance[(i * array.rows_per_node + sign) * columns + j] / top, normal[j][i].get<double>(),
                        1e-6);
}

void use_realised_conductance(EncodedWeights& encoded, const nlohmann::json& normal, double top) {
    const std::array names{"core_pos", "core_neg"};
    for (std::size_t a = 0; a < 2; ++a)
        for (std::size_t j = 0; j < outputs; ++j)
            for (std::size_t i = 0; i < inputs; ++i)
                encoded.arrays[a].conductance[i * outputs + j] = top * normal[names[a]][j][i].get<double>();
}

[[nodiscard]] std::vector<double> column_values(const PhysicalArray& array, const EncodedWeights& encoded,
                                                const CrossSimCase& setup, const std::vector<double>& levels) {
    Mesh mesh{{array.rows, array.columns, array.rows_per_node}, setup.wires};
    mesh.program(array.conductance);
    std::vector<double> volts;
    for (const RowUse& row : encoded.rows) volts.push_back(row.sign * setup.read_voltage * levels[row.input]);
    mesh.solve(volts, *ModelChoice<CellLaw>{setup.law}, 1e-12);
    std::vector<double> values = mesh.column_current();
    for (double& value : values) value /= setup.read_voltage * (setup.range.high - setup.range.low);
    return values;
}

[[nodiscard]] std::vector<double> multiply(const EncodedWeights& encoded, const CrossSimCase& setup,
                                           const std::vector<double>& x) {
    std::vector<DriveSlice> slices{{.level = {}, .factor = 1.0}};
    if (setup.input_slices) {
        slices = slice_inputs(x, setup.dac_bits, true, 1);
    } else {
        for (const double input : x) slices[0].level.push_back(dac_level(input, setup.dac_bits, true));
    }
    std::vector<double> y(outputs, 0.0);
    for (const DriveSlice& slice : slices) {
        std::vector<std::vector<double>> values;
        for (const PhysicalArray& array : encoded.arrays) values.push_back(column_values(array, encoded, setup, slice.level));
        const auto part = encoded.decode(values, std::accumulate(slice.level.begin(), slice.level.end(), 0.0));
        for (std::size_t j = 0; j < outputs; ++j) y[j] += slice.factor * part[j];
    }
    return y;
}

TEST(WeightEncoding, and_its_arrays_give_what_CrossSim_gives_to_1e_6) {
    SPIKEFAB_NEEDS_GOLDEN("crosssim/crosssim_mvm.json");
    const nlohmann::json file = test::golden_json("crosssim/crosssim_mvm.json");
    const std::vector<double> weights = golden_weights();
    ASSERT_NEAR(weights[1], file["W"][1][0].get<double>(), 1e-15);
    ASSERT_GE(file["cases"].size(), 11U);
    for (const auto& [name, entry] : file["cases"].items()) {
        SCOPED_TRACE(name);
        const CrossSimCase setup = setup_of(name);
        EncodedWeights encoded = encode_weights(weights, inputs, outputs, setup.encoding, setup.range);
        const auto& normal = entry["normalized_conductance"];
        if (name == "C7_prog_error_5pct") {
            use_realised_conductance(encoded, normal, setup.range.high);
        } else if (setup.encoding.placement == CellPlacement::interleaved_rows) {
            expect_conductance(encoded.arrays[0], normal["core_pos"], setup.range.high, 0);
            expect_conductance(encoded.arrays[0], normal["core_neg"], setup.range.high, 1);
        } else {
            ASSERT_EQ(encoded.arrays.size(), normal.size());
            const bool sliced = normal.contains("slice0_0");
            const std::vector<const char*> names =
                !sliced ? std::vector{"core_pos", "core_neg"} : std::vector{"slice0_0", "slice0_1", "slice1_0", "slice1_1"};
            for (std::size_t a = 0; a < encoded.arrays.size(); ++a)
                expect_conductance(encoded.arrays[a], normal[encoded.arrays.size() == 1 ? "core" : names[a]], setup.range.high,
                                   0);
        }
        const std::vector<double> y = multiply(encoded, setup, entry["x"].get<std::vector<double>>());
        const auto expected = entry["y"].get<std::vector<double>>();
        const double scale = std::abs(*std::ranges::max_element(expected, {}, [](double v) { return std::abs(v); }));
        // CrossSim evaluates the cubic law's coefficients, where digits cancel, in single precision; doing the
        // same in double moves the results by up to 1.4e-6 of full scale.
        const double tolerance = name == "C8_milo_nonlinear" ? 2e-6 : 1e-6;
        for (std::size_t j = 0; j < outputs; ++j) EXPECT_NEAR(y[j], expected[j], tolerance * scale) << j;
    }
}

struct SchemeCase {
    WeightScheme scheme;
    CellPlacement placement;
    std::uint32_t bits, slices;
};
class EveryScheme : public ::testing::TestWithParam<SchemeCase> {};

TEST_P(EveryScheme, multiplies_within_the_error_of_its_levels_when_wires_are_ideal) {
    const SchemeCase scheme = GetParam();
    const CrossSimCase setup{.encoding = {.scheme = scheme.scheme,
                                          .placement = scheme.placement,
                                          .bits_per_cell = scheme.bits,
                                          .slices = scheme.slices,
                                          .largest_weight = 1.0}};
    const std::vector<double> weights = golden_weights();
    const EncodedWeights encoded = encode_weights(weights, inputs, outputs, setup.encoding, setup.range);
    std::vector<double> x(inputs);
    for (std::size_t i = 0; i < inputs; ++i) x[i] = 2.0 * hashed(5, i, 0) - 1.0;
    const std::vector<double> y = multiply(encoded, setup, x);
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
    const ConductanceRange range{1e-6, 1e-4};
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
