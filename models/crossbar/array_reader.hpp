// SPDX-License-Identifier: Apache-2.0
// Reading a programmed array again and again: row voltages in, column currents and power out, in the mode asked for.
#pragma once

#include "models/crossbar/effective_matrix.hpp"
#include "models/crossbar/mesh.hpp"
#include "models/crossbar/weight_encoding.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace spikefab {

enum class ReadMode : std::uint8_t {
    ideal,   ///< I = G^T V, no wires
    geff,    ///< the mesh as one matrix, exact for ohmic cells whose inactive rows are grounded
    exact,   ///< one mesh solution per read, residual 1e-12
    approx,  ///< the same, stopped at a tolerance
};
constexpr auto enum_names(ReadMode) {
    return std::array<std::string_view, 4>{"ideal", "geff", "exact", "approx"};
}

struct ReadOptions {
    ReadMode mode = ReadMode::geff;
    double tolerance = 1e-6;                    ///< of approx
    RowState inactive_rows = RowState::driven;  ///< what rows at 0 V are
    WireParams wires{};
};

/// Where the drivers' power goes during a read, W.
struct ReadPower {
    double cells = 0.0;
    double wires = 0.0;  ///< lines, drivers and sense circuits
    ReadPower& operator+=(const ReadPower& other) {
        cells += other.cells;
        wires += other.wires;
        return *this;
    }
};

class ArrayReader final {
public:
    /// `law` must outlive the reader; without `columns` all are sensed. InputError when the mode cannot do what the cells, the
    /// inactive rows or floating columns need, or for a conductance that is negative or not finite.
    ArrayReader(const PhysicalArray& cells, const ReadOptions& options, const CellLaw& law,
                std::vector<ColumnState> columns = {});

    /// `current` receives one value per column, A. A row at exactly 0 V is inactive.
    ReadPower read(std::span<const double> volts, std::span<double> current);
    /// The cell in row `i` and column `j` conducts that from now on. Not for `geff`, whose matrix is built once.
    void write(std::size_t i, std::size_t j, double conductance);

    /// What it was given, or written last; not with `geff`.
    [[nodiscard]] double conductance(std::size_t i, std::size_t j) const { return cells_.conductance[i * cells_.columns + j]; }

    [[nodiscard]] std::size_t rows() const { return cells_.rows; }
    [[nodiscard]] std::size_t columns() const { return cells_.columns; }
    [[nodiscard]] bool floats(std::size_t column) const { return columns_[column] == ColumnState::floating; }

private:
    ReadPower read_ideal(std::span<const double> volts, std::span<double> current);
    /// What a floating column does not take from the drivers, W, where wires have no resistance; its current becomes 0.
    [[nodiscard]] double float_columns(std::span<double> current) const;
    ReadPower read_mesh(std::span<const double> volts, std::span<double> current);

    PhysicalArray cells_;
    ReadOptions options_;
    const CellLaw& law_;
    std::vector<ColumnState> columns_;
    std::vector<double> row_conductance_;       ///< sum over the row's cells, S; below 0: to be added up anew
    bool rewritten_ = false;                    ///< cells have changed since the mesh was programmed
    std::optional<EffectiveMatrix> effective_;  ///< geff
    std::optional<Mesh> mesh_;                  ///< exact, approx
};

}  // namespace spikefab
