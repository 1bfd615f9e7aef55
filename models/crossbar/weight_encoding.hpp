// SPDX-License-Identifier: Apache-2.0
// Signed weights as conductances: which cells of which arrays hold a weight, and how column currents become
// sums of products again.
//
// Every scheme is a list of physical arrays and a list of column uses: output value += factor * column value,
// where a column value is its current over V_read (G_max - G_min). Schemes and their arithmetic follow CrossSim
// (Xiao et al., CrossSim 3.2 manual; "balanced" = differential, "offset" with digital offset or unit column).
#pragma once

#include "base/field.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

enum class WeightScheme : std::uint8_t {
    differential,    ///< a pair of cells; the one of the other sign stays at G_min
    two_sided,       ///< a pair of cells around the middle of the range
    offset_digital,  ///< one cell; half the range stands for 0 and is subtracted digitally
    offset_column,   ///< one cell; one more column holds 0 and is subtracted
};
constexpr auto enum_names(WeightScheme) {
    return std::array<std::string_view, 4>{"differential", "two_sided", "offset_digital", "offset_column"};
}

/// Where the cells of a pair, and of bit slices, are.
enum class CellPlacement : std::uint8_t {
    separate_arrays,   ///< one array per sign and slice
    adjacent_columns,  ///< side by side in one array
    interleaved_rows,  ///< a pair on two word lines of opposite voltage that share their bit-line node
};
constexpr auto enum_names(CellPlacement) {
    return std::array<std::string_view, 3>{"separate_arrays", "adjacent_columns", "interleaved_rows"};
}

struct WeightEncodingParams {
    WeightScheme scheme = WeightScheme::differential;
    CellPlacement placement = CellPlacement::adjacent_columns;
    std::uint32_t bits_per_cell = 0;
    std::uint32_t slices = 1;
    std::uint32_t weight_bits = 0;
    double largest_weight = 0.0;
    static constexpr auto fields = std::tuple{
        field("weights", &WeightEncodingParams::scheme, "how a signed weight becomes conductances"),
        field("placement", &WeightEncodingParams::placement, "where the cells of one weight are"),
        field("bits_per_cell", &WeightEncodingParams::bits_per_cell, {0, 16},
              "programmable levels as bits; 0 = any conductance"),
        field("slices", &WeightEncodingParams::slices, {1, 16}, "cells per weight and sign, each holding a slice of its bits"),
        field("weight_bits", &WeightEncodingParams::weight_bits, {0, 24},
              "bits of a sliced weight with its sign; 0 = as many as the slices hold"),
        field("w_max", &WeightEncodingParams::largest_weight, {0.0, 1e12},
              "weight at full scale; 0 = the largest of the matrix")};
};

/// Conductances of the cells, S; row-major, rows x columns. `rows_per_node` as in MeshShape.
struct PhysicalArray {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t rows_per_node = 1;
    std::vector<double> conductance;
};

/// output += factor * value of `column` of `array`.
struct ColumnUse {
    std::size_t array = 0;
    std::size_t column = 0;
    std::size_t output = 0;
    double factor = 0.0;
};

/// The row is driven with sign * value of `input`. The same for all arrays.
struct RowUse {
    std::size_t input = 0;
    double sign = 1.0;
};

struct EncodedWeights {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    double largest_weight = 0.0;
    std::vector<PhysicalArray> arrays;
    std::vector<ColumnUse> columns;
    std::vector<RowUse> rows;
    double offset = 0.0;  ///< output -= offset * sum of inputs, done digitally

    /// Sums of products from the column values of all arrays; `input_sum` is the sum of the driven inputs.
    [[nodiscard]] std::vector<double> decode(std::span<const std::vector<double>> values, double input_sum) const;
};

struct ConductanceRange {
    double low = 1e-6;   ///< S
    double high = 1e-4;  ///< S
};

/// `weights` is row-major, inputs x outputs. InputError for a weight that is not finite, an empty range, or a
/// combination of options that no array can hold.
[[nodiscard]] EncodedWeights encode_weights(std::span<const double> weights, std::size_t inputs, std::size_t outputs,
                                            const WeightEncodingParams& params, ConductanceRange range);

}  // namespace spikefab
