// SPDX-License-Identifier: Apache-2.0
// Builds the effective matrix of a crossbar column by column of unit drives, and applies it.
#include "models/crossbar/effective_matrix.hpp"

#include "base/contract.hpp"

#include <algorithm>

namespace spikefab {
namespace {

/// Relative change of every resistance from which the wires' losses are found: with fixed drivers the power P
/// depends on the resistances r as dP/d(ln r) = -(power lost in them) (Tellegen's theorem), here a one-sided
/// difference whose own error is of the order of this number.
constexpr double nudge = 1e-5;

[[nodiscard]] WireParams scaled(WireParams wires, double factor) {
    wires.word_line = wires.word_line * factor;
    wires.bit_line = wires.bit_line * factor;
    wires.driver = wires.driver * factor;
    wires.sense = wires.sense * factor;
    return wires;
}

/// V^T M V for a symmetric M, of which the upper half is read: such matrices are larger than caches.
[[nodiscard]] double quadratic_form(std::span<const double> matrix, std::span<const double> volts) {
    double total = 0.0;
    for (std::size_t i = 0; i < volts.size(); ++i) {
        if (volts[i] == 0.0) continue;
        const double* row = &matrix[i * volts.size()];
        double beyond = 0.0;
        for (std::size_t k = i + 1; k < volts.size(); ++k) beyond += row[k] * volts[k];
        total += volts[i] * (row[i] * volts[i] + 2.0 * beyond);
    }
    return total;
}

}  // namespace

EffectiveMatrix::EffectiveMatrix(Mesh& mesh, double tolerance)
    : rows_{mesh.shape().rows},
      columns_{mesh.shape().columns},
      conductance_(rows_ * columns_),
      admittance_(rows_ * rows_),
      wire_loss_(rows_ * rows_) {
    const auto linear = Registry<CellLaw>::instance().make("linear");
    Mesh longer = mesh.with_wires(scaled(mesh.wires(), 1.0 + nudge));
    std::vector<double> volts(rows_, 0.0);
    for (std::size_t i = 0; i < rows_; ++i) {
        volts[i] = 1.0;
        mesh.solve(volts, *linear, tolerance);
        longer.solve(volts, *linear, tolerance);
        std::ranges::copy(mesh.column_current(), &conductance_[i * columns_]);
        const std::vector<double> here = mesh.row_current();
        const std::vector<double> nudged = longer.row_current();
        for (std::size_t k = 0; k < rows_; ++k) {
            admittance_[i * rows_ + k] = here[k];
            wire_loss_[i * rows_ + k] = (here[k] - nudged[k]) / nudge;
        }
        volts[i] = 0.0;
    }
}

void EffectiveMatrix::column_current(std::span<const double> volts, std::span<double> current) const {
    expects(volts.size() == rows_ && current.size() == columns_);
    std::fill(current.begin(), current.end(), 0.0);
    for (std::size_t i = 0; i < rows_; ++i) {
        const double v = volts[i];
        if (v == 0.0) continue;
        const double* row = &conductance_[i * columns_];
        for (std::size_t j = 0; j < columns_; ++j) current[j] += row[j] * v;
    }
}

double EffectiveMatrix::supplied_power(std::span<const double> volts) const {
    return quadratic_form(admittance_, volts);
}

double EffectiveMatrix::wire_power(std::span<const double> volts) const {
    return quadratic_form(wire_loss_, volts);
}

}  // namespace spikefab
