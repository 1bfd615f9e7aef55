// SPDX-License-Identifier: Apache-2.0
// Preconditioned conjugate gradients on the bit-line Schur complement, with the vector work fused into the sweeps.
#include "models/crossbar/mesh_equations.hpp"

#include "base/contract.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spikefab {
namespace {

/// Bit-line nodes whose word lines are swept together, so that what is between the sweeps stays in the
/// first-level cache.
constexpr std::size_t strip_nodes = 4;
/// Conjugate gradients in floating point may stall above a very small tolerance; give up after this many
/// iterations without a new smallest residual.
constexpr int patience = 30;

/// a . b in four partial sums, which do not wait for each other.
[[nodiscard]] double dot(const double* a, const double* b, std::size_t size) {
    std::array<double, 4> sum{};
    std::size_t k = 0;
    for (; k + 4 <= size; k += 4)
        for (std::size_t lane = 0; lane < 4; ++lane) sum[lane] += a[k + lane] * b[k + lane];
    for (; k < size; ++k) sum[0] += a[k] * b[k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

MeshEquations::MeshEquations(MeshShape shape, LineWires word, LineWires bit)
    : shape_{shape},
      word_{shape.rows, shape.columns, word},
      bit_{shape.nodes(), shape.columns, bit},
      preconditioned_(shape.nodes() * shape.columns),
      direction_(preconditioned_.size()),
      image_(preconditioned_.size()),
      strip_(strip_nodes * shape.rows_per_node * shape.columns) {}

void MeshEquations::connect(std::span<const LineEnd> word_ends, std::span<const LineEnd> bit_ends) {
    word_.connect(word_ends);
    bit_.connect(bit_ends);
}

void MeshEquations::factor(std::span<const double> conductance) {
    expects(conductance.size() == shape_.cells());
    cells_ = conductance;
    word_.factor(conductance);
    if (shape_.rows_per_node == 1) {
        bit_.factor(conductance);
        return;
    }
    std::vector<double> shunt(image_.size(), 0.0);
    for (std::size_t row = 0; row < shape_.rows; ++row)
        for (std::size_t j = 0; j < shape_.columns; ++j)
            shunt[row / shape_.rows_per_node * shape_.columns + j] += conductance[row * shape_.columns + j];
    bit_.factor(shunt);
}

void MeshEquations::form_right_side(std::span<const double> word_current, std::span<double> residual) {
    const std::size_t columns = shape_.columns;
    const std::size_t per_node = shape_.rows_per_node;
    for (std::size_t first = 0; first < shape_.rows; first += strip_nodes * per_node) {
        const std::size_t last = std::min(first + strip_nodes * per_node, shape_.rows);
        std::copy_n(&word_current[first * columns], (last - first) * columns, strip_.begin());
        word_.solve(first, last, strip_.data());
        for (std::size_t row = first; row < last; ++row) {
            double* into = &residual[row / per_node * columns];
            const double* potential = &strip_[(row - first) * columns];
            const double* cells = &cells_[row * columns];
            for (std::size_t j = 0; j < columns; ++j) into[j] += cells[j] * potential[j];
        }
    }
}

double MeshEquations::precondition(double step, std::span<double> residual, std::span<double> solution) {
    const std::size_t columns = shape_.columns;
    for (std::size_t node = 0; node < shape_.nodes(); ++node) {
        const std::size_t begin = node * columns;
        for (std::size_t k = begin; k < begin + columns; ++k) {
            solution[k] += step * direction_[k];
            residual[k] -= step * image_[k];
            preconditioned_[k] = residual[k];
        }
        bit_.sweep_down(node, preconditioned_.data());
    }
    double product = 0.0;
    for (std::size_t node = shape_.nodes(); node-- > 0;) {
        bit_.sweep_up(node, preconditioned_.data());
        product += dot(&residual[node * columns], &preconditioned_[node * columns], columns);
    }
    return product;
}

void MeshEquations::apply_cells(std::size_t first, std::size_t last) {
    const std::size_t columns = shape_.columns;
    const std::size_t per_node = shape_.rows_per_node;
    const double* cells = &cells_[first * per_node * columns];
    for (std::size_t row = 0; row < (last - first) * per_node; ++row) {
        const double* direction = &direction_[(first + row / per_node) * columns];
        for (std::size_t j = 0; j < columns; ++j) strip_[row * columns + j] = cells[row * columns + j] * direction[j];
    }
    word_.solve(first * per_node, last * per_node, strip_.data());
    std::fill(&image_[first * columns], &image_[first * columns] + (last - first) * columns, 0.0);
    for (std::size_t row = 0; row < (last - first) * per_node; ++row) {
        const double* direction = &direction_[(first + row / per_node) * columns];
        double* image = &image_[(first + row / per_node) * columns];
        const double* potential = &strip_[row * columns];
        for (std::size_t j = 0; j < columns; ++j) image[j] += cells[row * columns + j] * (direction[j] - potential[j]);
    }
}

double MeshEquations::apply(double blend) {
    const std::size_t columns = shape_.columns;
    double product = 0.0;
    std::size_t blended = 0;  // a strip's wire currents need the direction one node further down
    for (std::size_t first = 0; first < shape_.nodes(); first += strip_nodes) {
        const std::size_t last = std::min(first + strip_nodes, shape_.nodes());
        for (const std::size_t end = std::min(last + 1, shape_.nodes()) * columns; blended < end; ++blended)
            direction_[blended] = preconditioned_[blended] + blend * direction_[blended];
        apply_cells(first, last);
        for (std::size_t node = first; node < last; ++node)
            bit_.add_wire_current(node, direction_.data(), &image_[node * columns]);
        product += dot(&direction_[first * columns], &image_[first * columns], (last - first) * columns);
    }
    return product;
}

void MeshEquations::find_word_potential(std::span<double> word, std::span<const double> bit_potential) {
    const std::size_t columns = shape_.columns;
    for (std::size_t row = 0; row < shape_.rows; ++row) {
        const double* w = &bit_potential[row / shape_.rows_per_node * columns];
        for (std::size_t k = row * columns, j = 0; j < columns; ++j, ++k) word[k] += cells_[k] * w[j];
    }
    word_.solve(0, shape_.rows, word.data());
}

Convergence MeshEquations::solve(std::span<double> word, std::span<double> bit_current, double tolerance,
                                 std::span<double> bit_potential) {
    std::fill(bit_potential.begin(), bit_potential.end(), 0.0);
    std::fill(direction_.begin(), direction_.end(), 0.0);
    std::fill(image_.begin(), image_.end(), 0.0);
    const std::span<double> residual = bit_current;
    form_right_side(word, residual);

    Convergence reached;
    double product = precondition(0.0, residual, bit_potential);
    const double start = product;
    double best = product;
    double blend = 0.0;
    for (int since_best = 0; product > tolerance * tolerance * start && since_best < patience; ++reached.iterations) {
        const double curvature = apply(blend);
        if (!(curvature > 0.0)) break;
        const double previous = product;
        product = precondition(previous / curvature, residual, bit_potential);
        blend = product / previous;
        since_best = product < best ? 0 : since_best + 1;
        best = std::min(best, product);
    }
    reached.residual = start > 0.0 ? std::sqrt(std::max(product, 0.0) / start) : 0.0;
    find_word_potential(word, bit_potential);
    return reached;
}

}  // namespace spikefab
