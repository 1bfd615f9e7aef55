// SPDX-License-Identifier: Apache-2.0
// A programmed crossbar of ohmic cells as one matrix: wires included, a read is a matrix-vector product.
//
// Between driver voltages and column currents the mesh is linear, so I = Geff^T V exactly; likewise the drivers'
// power is V^T Y V and the wires' share V^T W V. Valid until a cell changes or a row is floated or gated;
// grounded rows are rows at 0 V. Built from one mesh solution per row.
#pragma once

#include "models/crossbar/mesh.hpp"

#include <span>
#include <vector>

namespace spikefab {

class EffectiveMatrix final {
public:
    /// `mesh` is programmed; InputError when its rows float (their potential is no input). `tolerance` as in solve.
    EffectiveMatrix(Mesh& mesh, double tolerance);

    /// current[j] = sum_i Geff[i][j] volts[i]. Rows at exactly 0 V cost nothing.
    void column_current(std::span<const double> volts, std::span<double> current) const;
    /// Power supplied by the drivers, and the part of it lost in wires, drivers and sense circuits. W.
    [[nodiscard]] double supplied_power(std::span<const double> volts) const;
    [[nodiscard]] double wire_power(std::span<const double> volts) const;

    [[nodiscard]] std::span<const double> conductance() const { return conductance_; }  ///< rows x columns, S
    [[nodiscard]] std::span<const double> admittance() const { return admittance_; }    ///< rows x rows, S

private:
    std::size_t rows_;
    std::size_t columns_;
    std::vector<double> conductance_;  ///< Geff
    std::vector<double> admittance_;   ///< Y
    std::vector<double> wire_loss_;    ///< W
};

}  // namespace spikefab
