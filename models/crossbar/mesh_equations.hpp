// SPDX-License-Identifier: Apache-2.0
// The linear equations of a crossbar's mesh and their fast solver: conjugate gradients on the bit lines.
//
// Unknowns are the potential of every word-line node relative to its driver, u, and of every bit-line node, w:
//     (T_word + D) u - D w = f_word        T: wire Laplacians, D: cell conductances (diagonal), f: injected amperes
//     (T_bit  + D) w - D u = f_bit
// Word lines are eliminated exactly (one sweep per line); the Schur complement on the bit lines is symmetric
// positive definite and is solved by conjugate gradients preconditioned with the bit lines' own sweeps.
//
// With `rows_per_node` = 2, word lines 2r and 2r+1 meet the bit lines at the same node r (interleaved pairs).
#pragma once

#include "models/crossbar/line_sweeps.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace spikefab {

/// How far an iteration came.
struct Convergence {
    int iterations = 0;
    double residual = 0.0;  ///< relative, in the norm of the preconditioner
};

/// rows: word lines; columns: bit lines; nodes: positions along a bit line.
struct MeshShape {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t rows_per_node = 1;
    [[nodiscard]] std::size_t cells() const { return rows * columns; }
    [[nodiscard]] std::size_t nodes() const { return rows / rows_per_node; }
};

class MeshEquations final {
public:
    MeshEquations(MeshShape shape, LineWires word, LineWires bit);

    void connect(std::span<const LineEnd> word_ends, std::span<const LineEnd> bit_ends);
    /// Takes the cells' (differential) conductances, S, one row of columns per word line.
    void factor(std::span<const double> conductance);

    /// Solves for u and w until the residual has fallen by `tolerance` or stops falling. `word` (rows x columns)
    /// holds f_word on entry and u on return; `bit_current` (nodes x columns) holds f_bit and is used up;
    /// `bit_potential` becomes w. The conductances given to `factor` must still be alive.
    Convergence solve(std::span<double> word, std::span<double> bit_current, double tolerance, std::span<double> bit_potential);

    [[nodiscard]] const MeshShape& shape() const { return shape_; }
    [[nodiscard]] const WordLines& word_lines() const { return word_; }
    [[nodiscard]] const BitLines& bit_lines() const { return bit_; }

private:
    /// residual += D A^-1 f_word
    void form_right_side(std::span<const double> word_current, std::span<double> residual);
    /// solution += step * direction; residual -= step * image; preconditioned = B^-1 residual. Returns
    /// residual . preconditioned.
    double precondition(double step, std::span<double> residual, std::span<double> solution);
    /// direction = preconditioned + blend * direction; image = S direction. Returns direction . image.
    double apply(double blend);
    /// image = (sum of D - D A^-1 D) direction over the word lines of nodes [first, last).
    void apply_cells(std::size_t first, std::size_t last);
    /// u = A^-1 (f_word + D w)
    void find_word_potential(std::span<double> word, std::span<const double> bit_potential);

    MeshShape shape_;
    WordLines word_;
    BitLines bit_;
    std::span<const double> cells_;
    std::vector<double> preconditioned_, direction_, image_, strip_;
};

}  // namespace spikefab
