// SPDX-License-Identifier: Apache-2.0
// A crossbar with its wires: conductances and line states in, column currents, voltages and power out.
//
// Exact to the tolerance asked for: every node of the wire mesh obeys Kirchhoff's current law. Linear cells need
// one solution of MeshEquations; nonlinear ones a damped Newton iteration on top. All arrays are row-major in
// SI units (S, V, A, W).
#pragma once

#include "models/crossbar/cell_law.hpp"
#include "models/crossbar/mesh_equations.hpp"
#include "models/crossbar/wires.hpp"

#include <span>
#include <vector>

namespace spikefab {

/// Where the drivers' power goes, in watts.
struct MeshPower {
    double cells = 0.0;
    double word_lines = 0.0;
    double bit_lines = 0.0;
    double drivers = 0.0;   ///< lost in r_driver
    double sense = 0.0;     ///< lost in r_sense
    double supplied = 0.0;  ///< sum of V I over the drivers

    [[nodiscard]] double wires() const { return word_lines + bit_lines; }
    [[nodiscard]] double dissipated() const { return cells + wires() + drivers + sense; }
};

class Mesh final {
public:
    Mesh(MeshShape shape, const WireParams& wires);

    /// Programs all cells. InputError naming the first cell whose value is negative, infinite or NaN.
    void program(std::span<const double> conductance);
    /// Sets the state of every word line and bit line; all are driven and sensed at first.
    void connect(std::span<const RowState> rows, std::span<const ColumnState> columns);

    /// The same cells and line states behind other wires.
    [[nodiscard]] Mesh with_wires(const WireParams& wires) const;

    /// Finds the operating point for these driver voltages (one per row; ignored where floating).
    /// `tolerance` bounds the relative residual. InputError for a voltage that is not finite; SimulationError if
    /// nonlinear cells do not converge.
    Convergence solve(std::span<const double> volts, const CellLaw& law, double tolerance);

    // The operating point found last.
    [[nodiscard]] std::span<const double> cell_current() const { return cell_current_; }
    [[nodiscard]] std::vector<double> column_current() const;                             ///< into each virtual ground
    [[nodiscard]] std::vector<double> row_current() const;                                ///< out of each driver
    [[nodiscard]] std::vector<double> word_voltage() const;                               ///< rows x columns
    [[nodiscard]] std::span<const double> bit_voltage() const { return bit_potential_; }  ///< nodes x columns
    [[nodiscard]] MeshPower power() const;

    [[nodiscard]] const MeshShape& shape() const { return equations_.shape(); }
    [[nodiscard]] const WireParams& wires() const { return wires_; }
    [[nodiscard]] std::span<const RowState> row_states() const { return rows_; }

private:
    /// What only nonlinear cells need.
    struct Newton {
        std::vector<double> slope, word_step, bit_step;
    };

    /// The conductances as a read sees them: the cells of gated rows are off.
    [[nodiscard]] std::span<const double> effective_cells() const { return gated_.empty() ? programmed_ : gated_; }
    void apply_line_states();
    /// Factors the equations unless that is done already.
    void prepare();
    Convergence solve_linear(const CellLaw& law, double tolerance);
    Convergence solve_nonlinear(const CellLaw& law, double tolerance);
    /// Cell currents at the present potentials, and their slopes where wanted.
    void evaluate_cells(const CellLaw& law, std::span<double> slope);
    void cell_voltages(std::size_t row, std::span<double> volts) const;
    /// Fills the right sides with the negative Kirchhoff residuals, of the cells alone.
    void residual_of_cells(std::span<double> word);
    /// ... and of the wires too; returns their norm.
    double residual(std::span<double> word);
    /// Moves along the Newton direction as far as Kirchhoff's residual shrinks; returns its new norm.
    double take_step(const CellLaw& law, double norm);
    void add_word_power(MeshPower& power) const;
    void add_bit_power(MeshPower& power) const;

    WireParams wires_;
    MeshEquations equations_;
    std::vector<double> programmed_;  ///< as written
    std::vector<double> gated_;       ///< the same with gated rows off; empty when no row is gated
    std::vector<RowState> rows_;
    std::vector<ColumnState> columns_;
    bool factored_ = false;
    std::vector<double> source_;  ///< volts of each row; 0 where floating
    std::vector<double> word_potential_, bit_potential_, bit_residual_, cell_current_;
    Newton newton_;
};

}  // namespace spikefab
