// SPDX-License-Identifier: Apache-2.0
// Operating point of a crossbar's mesh by Newton's method over the linear mesh solver, and where the power goes.
#include "models/crossbar/mesh.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace spikefab {
namespace {

constexpr int most_newton_steps = 200;
constexpr int most_halvings = 40;
/// A Newton iteration that can no longer improve is still accepted when Kirchhoff's law holds this well.
constexpr double good_enough = 1e-8;

[[nodiscard]] LineWires word_wires(const WireParams& wires) {
    return {.segment = wires.word_line.si(), .end = wires.driver.si()};
}
[[nodiscard]] LineWires bit_wires(const WireParams& wires) {
    return {.segment = wires.bit_line.si(), .end = wires.sense.si()};
}

/// Finds the lines that a driver or a sense circuit holds, directly or through cells; the others are islands
/// whose potential nothing defines.
class Islands final {
public:
    Islands(const MeshShape& shape, std::span<const double> conductance) : shape_{shape}, conductance_{conductance} {}

    void hold_undefined(std::vector<LineEnd>& rows, std::vector<LineEnd>& columns) const {
        std::vector<bool> row_known(rows.size());
        std::vector<bool> column_known(columns.size());
        for (std::size_t i = 0; i < rows.size(); ++i) row_known[i] = rows[i] == LineEnd::connected;
        for (std::size_t j = 0; j < columns.size(); ++j) column_known[j] = columns[j] == LineEnd::connected;
        while (spread(row_known, column_known)) {
        }
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (!row_known[i]) rows[i] = LineEnd::held;
        for (std::size_t j = 0; j < columns.size(); ++j)
            if (!column_known[j]) columns[j] = LineEnd::held;
    }

private:
    [[nodiscard]] bool spread(std::vector<bool>& row_known, std::vector<bool>& column_known) const {
        bool changed = false;
        for (std::size_t i = 0; i < shape_.rows; ++i) {
            for (std::size_t j = 0; j < shape_.columns; ++j) {
                if (conductance_[i * shape_.columns + j] <= 0.0 || row_known[i] == column_known[j]) continue;
                row_known[i] = column_known[j] = true;
                changed = true;
            }
        }
        return changed;
    }

    const MeshShape& shape_;
    std::span<const double> conductance_;
};

}  // namespace

Mesh::Mesh(MeshShape shape, const WireParams& wires)
    : wires_{wires},
      equations_{shape, word_wires(wires), bit_wires(wires)},
      programmed_(shape.cells(), 0.0),
      rows_(shape.rows, RowState::driven),
      columns_(shape.columns, ColumnState::sensed),
      source_(shape.rows, 0.0),
      word_potential_(shape.cells()),
      bit_potential_(shape.nodes() * shape.columns),
      bit_residual_(bit_potential_.size()),
      cell_current_(shape.cells()) {
    if (shape.cells() == 0 || shape.rows % shape.rows_per_node != 0)
        throw InputError{fmt::format("a crossbar of {} x {} cells cannot be built; give at least one row and one column",
                                     shape.rows, shape.columns)};
    for (const auto& [name, value] : {std::pair{"r_wl", wires.word_line}, std::pair{"r_bl", wires.bit_line},
                                      std::pair{"r_driver", wires.driver}, std::pair{"r_sense", wires.sense}})
        if (!std::isfinite(value.si()) || value.si() < 0.0)
            throw InputError{fmt::format("{} is {} ohm; expected a finite value >= 0", name, value.si())};
}

void Mesh::program(std::span<const double> conductance) {
    expects(conductance.size() == programmed_.size());
    const std::size_t columns = shape().columns;
    for (std::size_t k = 0; k < conductance.size(); ++k)
        if (!std::isfinite(conductance[k]) || conductance[k] < 0.0)
            throw InputError{fmt::format("conductance of cell ({}, {}) is {} S; expected a finite value >= 0", k / columns,
                                         k % columns, conductance[k])};
    std::copy(conductance.begin(), conductance.end(), programmed_.begin());
    apply_line_states();
}

void Mesh::connect(std::span<const RowState> rows, std::span<const ColumnState> columns) {
    expects(rows.size() == rows_.size() && columns.size() == columns_.size());
    rows_.assign(rows.begin(), rows.end());
    columns_.assign(columns.begin(), columns.end());
    apply_line_states();
}

Mesh Mesh::with_wires(const WireParams& wires) const {
    Mesh other{shape(), wires};
    other.programmed_ = programmed_;
    other.connect(rows_, columns_);
    return other;
}

void Mesh::apply_line_states() {
    const std::size_t columns = shape().columns;
    factored_ = false;
    gated_.clear();
    if (std::ranges::find(rows_, RowState::gated) != rows_.end()) gated_ = programmed_;
    std::vector<LineEnd> word_ends(shape().rows, LineEnd::connected);
    std::vector<LineEnd> bit_ends(columns, LineEnd::connected);
    bool any_open = false;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] == RowState::gated) std::fill_n(&gated_[i * columns], columns, 0.0);
        if (rows_[i] != RowState::floating) continue;
        word_ends[i] = LineEnd::open;
        any_open = true;
    }
    for (std::size_t j = 0; j < columns; ++j) {
        if (columns_[j] != ColumnState::floating) continue;
        bit_ends[j] = LineEnd::open;
        any_open = true;
    }
    if (any_open) Islands{shape(), effective_cells()}.hold_undefined(word_ends, bit_ends);
    equations_.connect(word_ends, bit_ends);
}

void Mesh::prepare() {
    if (!factored_) equations_.factor(effective_cells());
    factored_ = true;
}

void Mesh::cell_voltages(std::size_t row, std::span<double> volts) const {
    const std::size_t columns = shape().columns;
    const double* u = &word_potential_[row * columns];
    const double* w = &bit_potential_[row / shape().rows_per_node * columns];
    for (std::size_t j = 0; j < columns; ++j) volts[j] = source_[row] + u[j] - w[j];
}

void Mesh::evaluate_cells(const CellLaw& law, std::span<double> slope) {
    const std::size_t columns = shape().columns;
    std::vector<double> volts(columns);
    std::vector<double> unused(columns);
    for (std::size_t i = 0; i < shape().rows; ++i) {
        const std::size_t begin = i * columns;
        cell_voltages(i, volts);
        law.evaluate(effective_cells().subspan(begin, columns), volts, std::span{cell_current_}.subspan(begin, columns),
                     slope.empty() ? std::span{unused} : slope.subspan(begin, columns));
    }
}

void Mesh::residual_of_cells(std::span<double> word) {
    const std::size_t columns = shape().columns;
    std::fill(bit_residual_.begin(), bit_residual_.end(), 0.0);
    for (std::size_t i = 0; i < shape().rows; ++i) {
        double* into_bit = &bit_residual_[i / shape().rows_per_node * columns];
        for (std::size_t k = i * columns, j = 0; j < columns; ++j, ++k) {
            word[k] = -cell_current_[k];
            into_bit[j] += cell_current_[k];
        }
    }
}

double Mesh::residual(std::span<double> word) {
    residual_of_cells(word);
    equations_.word_lines().subtract_wire_current(word_potential_, word);
    equations_.bit_lines().subtract_wire_current(bit_potential_, bit_residual_);
    return std::sqrt(equations_.word_lines().square_norm(word) + equations_.bit_lines().square_norm(bit_residual_));
}

double Mesh::take_step(const CellLaw& law, double norm) {
    const std::vector<double> word_step = newton_.word_step;
    double share = 1.0;
    double taken = 0.0;
    double reached = norm;
    for (int halving = 0; halving <= most_halvings; ++halving, share *= 0.5) {
        for (std::size_t k = 0; k < word_step.size(); ++k) word_potential_[k] += (share - taken) * word_step[k];
        for (std::size_t k = 0; k < bit_potential_.size(); ++k) bit_potential_[k] += (share - taken) * newton_.bit_step[k];
        taken = share;
        evaluate_cells(law, newton_.slope);
        reached = residual(newton_.word_step);
        if (reached <= (1.0 - 1e-4 * share) * norm) break;
    }
    return reached;
}

Convergence Mesh::solve(std::span<const double> volts, const CellLaw& law, double tolerance) {
    expects(volts.size() == shape().rows);
    for (std::size_t i = 0; i < volts.size(); ++i) {
        if (!std::isfinite(volts[i]))
            throw InputError{fmt::format("voltage of row {} is {}; expected a finite value", i, volts[i])};
        source_[i] = rows_[i] == RowState::floating ? 0.0 : volts[i];
    }
    std::fill(word_potential_.begin(), word_potential_.end(), 0.0);
    std::fill(bit_potential_.begin(), bit_potential_.end(), 0.0);
    return law.linear() ? solve_linear(law, tolerance) : solve_nonlinear(law, tolerance);
}

Convergence Mesh::solve_linear(const CellLaw& law, double tolerance) {
    prepare();
    evaluate_cells(law, {});
    residual_of_cells(word_potential_);
    const Convergence reached = equations_.solve(word_potential_, bit_residual_, tolerance, bit_potential_);
    evaluate_cells(law, {});
    return reached;
}

Convergence Mesh::solve_nonlinear(const CellLaw& law, double tolerance) {
    newton_.slope.resize(shape().cells());
    newton_.word_step.resize(shape().cells());
    newton_.bit_step.resize(bit_potential_.size());
    factored_ = false;
    evaluate_cells(law, newton_.slope);
    double norm = residual(newton_.word_step);
    if (!std::isfinite(norm))
        throw InputError{"a cell's current is not finite at the driver voltages; lower the voltages or raise the cells' v0"};

    const double start = norm;
    Convergence total;
    for (int step = 0; norm > tolerance * start; ++step) {
        equations_.factor(newton_.slope);
        const double inner = std::clamp(0.1 * norm / start, 1e-10, 1e-2);
        total.iterations += equations_.solve(newton_.word_step, bit_residual_, inner, newton_.bit_step).iterations;
        const double reached = take_step(law, norm);
        const bool stuck = !(reached < norm);
        norm = std::isfinite(reached) ? reached : norm;
        if (stuck && norm <= good_enough * start) break;
        if (stuck || step == most_newton_steps)
            throw SimulationError{
                fmt::format("the crossbar's nonlinear mesh did not converge: residual {:.3g} after {} Newton steps; check "
                            "that its cells' law holds from g_min to g_max and up to v_read",
                            norm / start, step + 1)};
    }
    total.residual = start > 0.0 ? norm / start : 0.0;
    return total;
}

std::vector<double> Mesh::column_current() const {
    const std::size_t columns = shape().columns;
    std::vector<double> sum(columns, 0.0);
    for (std::size_t i = 0; i < shape().rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) sum[j] += cell_current_[i * columns + j];
    for (std::size_t j = 0; j < columns; ++j)
        if (columns_[j] == ColumnState::floating) sum[j] = 0.0;
    return sum;
}

std::vector<double> Mesh::row_current() const {
    const std::size_t columns = shape().columns;
    std::vector<double> sum(shape().rows, 0.0);
    for (std::size_t i = 0; i < shape().rows; ++i) {
        if (rows_[i] == RowState::floating) continue;
        for (std::size_t j = 0; j < columns; ++j) sum[i] += cell_current_[i * columns + j];
    }
    return sum;
}

std::vector<double> Mesh::word_voltage() const {
    std::vector<double> volts = word_potential_;
    for (std::size_t k = 0; k < volts.size(); ++k) volts[k] += source_[k / shape().columns];
    return volts;
}

void Mesh::add_word_power(MeshPower& power) const {
    const std::size_t columns = shape().columns;
    const double segment = wires_.word_line.si();
    for (std::size_t i = 0; i < shape().rows; ++i) {
        double through = 0.0;  // current of the segment before column j feeds every cell from j on
        double squares = 0.0;
        for (std::size_t j = columns; j-- > 0;) {
            through += cell_current_[i * columns + j];
            if (j > 0 || rows_[i] != RowState::floating) squares += through * through;
        }
        power.word_lines += segment * squares;
        if (rows_[i] == RowState::floating) continue;
        power.drivers += wires_.driver.si() * through * through;
        power.supplied += source_[i] * through;
    }
}

void Mesh::add_bit_power(MeshPower& power) const {
    const std::size_t columns = shape().columns;
    const std::size_t per_node = shape().rows_per_node;
    const double segment = wires_.bit_line.si();
    std::vector<double> through(columns, 0.0);
    for (std::size_t i = 0; i < shape().rows; ++i) {
        const bool node_done = (i + 1) % per_node == 0;
        const bool last = i + 1 == shape().rows;
        for (std::size_t j = 0; j < columns; ++j) {
            through[j] += cell_current_[i * columns + j];
            if (node_done && (!last || columns_[j] == ColumnState::sensed))
                power.bit_lines += segment * through[j] * through[j];
            if (last && columns_[j] == ColumnState::sensed) power.sense += wires_.sense.si() * through[j] * through[j];
        }
    }
}

MeshPower Mesh::power() const {
    MeshPower power;
    std::vector<double> volts(shape().columns);
    for (std::size_t i = 0; i < shape().rows; ++i) {
        cell_voltages(i, volts);
        for (std::size_t j = 0; j < volts.size(); ++j) power.cells += cell_current_[i * volts.size() + j] * volts[j];
    }
    add_word_power(power);
    add_bit_power(power);
    return power;
}

}  // namespace spikefab
