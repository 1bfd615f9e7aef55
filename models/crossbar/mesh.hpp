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
    void apply_line_states();
    /// Cell currents and slopes at the present potentials.
    void evaluate_cells(const CellLaw& law);
    /// Fills the Kirchhoff residuals and returns their norm.
    double kirchhoff();
    void add_word_power(MeshPower& power) const;
    void add_bit_power(MeshPower& power) const;
    /// Moves along the Newton direction as far as Kirchhoff's residual shrinks; returns its new norm.
    double take_step(const CellLaw& law, double norm);

    WireParams wires_;
    MeshEquations equations_;
    std::vector<double> programmed_;   ///< as written
    std::vector<double> conductance_;  ///< as the read sees it: rows that are gated are off
    std::vector<RowState> rows_;
    std::vector<ColumnState> columns_;
    std::vector<double> source_;  ///< volts of each row; 0 where floating
    std::vector<double> word_potential_, bit_potential_, cell_voltage_, cell_current_, slope_;
    std::vector<double> word_residual_, bit_residual_, word_step_, bit_step_;
};

}  // namespace spikefab
