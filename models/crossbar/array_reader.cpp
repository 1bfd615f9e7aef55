// SPDX-License-Identifier: Apache-2.0
// One read in each mode.
#include "models/crossbar/array_reader.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace spikefab {
namespace {

constexpr double exact_residual = 1e-12;

[[nodiscard]] bool keeps_one_matrix(ReadMode mode) {
    return mode == ReadMode::ideal || mode == ReadMode::geff;
}

void check(const PhysicalArray& cells, const ReadOptions& options, const CellLaw& law, bool floats) {
    const std::string_view mode = enum_names(options.mode)[static_cast<std::size_t>(options.mode)];
    if (keeps_one_matrix(options.mode) && !law.linear())
        throw InputError{fmt::format("mode {} needs ohmic cells (cell: {{model: linear}}); use mode: exact or approx", mode)};
    if (options.mode == ReadMode::geff && options.inactive_rows != RowState::driven)
        throw InputError{
            "mode geff needs inactive_rows: grounded (floating or gated rows change the matrix with every input); use mode: "
            "exact or approx"};
    if (options.mode == ReadMode::ideal && floats && options.inactive_rows != RowState::driven)
        throw InputError{
            "mode ideal with floating columns needs inactive_rows: grounded (else they and the rows float together); use mode: "
            "exact or approx"};
    for (std::size_t k = 0; k < cells.conductance.size(); ++k)
        if (!std::isfinite(cells.conductance[k]) || cells.conductance[k] < 0.0)
            throw InputError{fmt::format("conductance of cell ({}, {}) is {} S; expected a finite value >= 0",
                                         k / cells.columns, k % cells.columns, cells.conductance[k])};
}

}  // namespace

ArrayReader::ArrayReader(const PhysicalArray& cells, const ReadOptions& options, const CellLaw& law,
                         std::vector<ColumnState> columns)
    : cells_{cells}, options_{options}, law_{law}, columns_{std::move(columns)} {
    expects(cells.conductance.size() == cells.rows * cells.columns);
    columns_.resize(cells.columns, ColumnState::sensed);
    check(cells, options, law, std::ranges::find(columns_, ColumnState::floating) != columns_.end());
    if (options.mode == ReadMode::ideal) {
        row_conductance_.assign(cells.rows, -1.0);
        return;
    }
    mesh_.emplace(MeshShape{cells.rows, cells.columns, cells.rows_per_node}, options.wires);
    mesh_->program(cells.conductance);
    mesh_->connect(std::vector<RowState>(cells.rows, RowState::driven), columns_);
    if (options.mode != ReadMode::geff) return;
    effective_.emplace(*mesh_, exact_residual);
    mesh_.reset();
    cells_.conductance = {};
}

void ArrayReader::write(std::size_t i, std::size_t j, double conductance) {
    expects(options_.mode != ReadMode::geff && conductance >= 0.0);
    cells_.conductance[i * cells_.columns + j] = conductance;
    if (options_.mode == ReadMode::ideal)
        row_conductance_[i] = -1.0;
    else
        rewritten_ = true;
}

ReadPower ArrayReader::read(std::span<const double> volts, std::span<double> current) {
    expects(volts.size() == cells_.rows && current.size() == cells_.columns);
    if (options_.mode == ReadMode::ideal) return read_ideal(volts, current);
    if (options_.mode != ReadMode::geff) return read_mesh(volts, current);
    effective_->column_current(volts, current);
    const double wires = std::max(0.0, effective_->wire_power(volts));
    return {.cells = std::max(0.0, effective_->supplied_power(volts) - wires), .wires = wires};
}

ReadPower ArrayReader::read_ideal(std::span<const double> volts, std::span<double> current) {
    std::fill(current.begin(), current.end(), 0.0);
    ReadPower power;
    for (std::size_t i = 0; i < cells_.rows; ++i) {
        const double v = volts[i];
        if (v == 0.0) continue;
        const double* row = &cells_.conductance[i * cells_.columns];
        for (std::size_t j = 0; j < cells_.columns; ++j) current[j] += row[j] * v;
        if (row_conductance_[i] < 0.0) row_conductance_[i] = std::accumulate(row, row + cells_.columns, 0.0);
        power.cells += v * v * row_conductance_[i];
    }
    power.cells = std::max(0.0, power.cells - float_columns(current));
    return power;
}

double ArrayReader::float_columns(std::span<double> current) const {
    double less = 0.0;
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        if (columns_[j] == ColumnState::sensed) continue;
        double sum = 0.0;
        for (std::size_t i = 0; i < cells_.rows; ++i) sum += cells_.conductance[i * cells_.columns + j];
        if (sum > 0.0) less += current[j] * current[j] / sum;  // it rests at the mean of its rows' voltages
        current[j] = 0.0;
    }
    return less;
}

ReadPower ArrayReader::read_mesh(std::span<const double> volts, std::span<double> current) {
    if (std::exchange(rewritten_, false)) mesh_->program(cells_.conductance);
    if (options_.inactive_rows != RowState::driven) {
        std::vector<RowState> states(cells_.rows, RowState::driven);
        for (std::size_t i = 0; i < cells_.rows; ++i)
            if (volts[i] == 0.0) states[i] = options_.inactive_rows;
        mesh_->connect(states, columns_);
    }
    mesh_->solve(volts, law_, options_.mode == ReadMode::exact ? exact_residual : options_.tolerance);
    std::ranges::copy(mesh_->column_current(), current.begin());
    const MeshPower power = mesh_->power();
    return {.cells = power.cells, .wires = power.wires() + power.drivers + power.sense};
}

}  // namespace spikefab
