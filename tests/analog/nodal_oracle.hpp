// SPDX-License-Identifier: Apache-2.0
// The same crossbar assembled node by node and solved directly by Eigen: slow, simple, and independent of the
// solver under test.
#pragma once

#include "models/crossbar/wires.hpp"

#include <Eigen/SparseCholesky>

#include <span>
#include <vector>

namespace spikefab::test {

struct OracleCase {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> conductance{};
    std::vector<double> volts{};
    std::vector<bool> row_floats{};     ///< empty: none
    std::vector<bool> column_floats{};  ///< empty: none
    WireParams wires{};                 ///< r_wl and r_bl > 0
};

class NodalOracle {
public:
    explicit NodalOracle(const OracleCase& circuit) : circuit_{circuit} { assemble(); }

    void factor() { solver_.compute(matrix_); }
    /// Column currents, with one step of iterative refinement.
    [[nodiscard]] std::vector<double> column_current() {
        Eigen::VectorXd volts = solver_.solve(source_);
        volts += solver_.solve(source_ - matrix_ * volts);
        std::vector<double> current(circuit_.columns, 0.0);
        for (std::size_t j = 0; j < circuit_.columns; ++j)
            if (!floats(circuit_.column_floats, j)) current[j] = sense_ * volts[bit(circuit_.rows - 1, j)];
        return current;
    }

private:
    [[nodiscard]] static bool floats(const std::vector<bool>& flags, std::size_t k) { return !flags.empty() && flags[k]; }
    [[nodiscard]] Eigen::Index word(std::size_t i, std::size_t j) const {
        return static_cast<Eigen::Index>(i * circuit_.columns + j);
    }
    [[nodiscard]] Eigen::Index bit(std::size_t i, std::size_t j) const {
        return static_cast<Eigen::Index>(circuit_.rows * circuit_.columns) + word(i, j);
    }
    void between(Eigen::Index a, Eigen::Index b, double g) {
        entries_.emplace_back(a, a, g);
        entries_.emplace_back(b, b, g);
        entries_.emplace_back(a, b, -g);
        entries_.emplace_back(b, a, -g);
    }
    void assemble() {
        const std::size_t m = circuit_.rows;
        const std::size_t n = circuit_.columns;
        const auto unknowns = static_cast<Eigen::Index>(2 * m * n);
        const double along_word = 1.0 / circuit_.wires.word_line.si();
        const double along_bit = 1.0 / circuit_.wires.bit_line.si();
        const double driver = 1.0 / (circuit_.wires.word_line.si() + circuit_.wires.driver.si());
        sense_ = 1.0 / (circuit_.wires.bit_line.si() + circuit_.wires.sense.si());
        source_ = Eigen::VectorXd::Zero(unknowns);
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                between(word(i, j), bit(i, j), circuit_.conductance[i * n + j]);
                if (j > 0) between(word(i, j - 1), word(i, j), along_word);
                if (i > 0) between(bit(i - 1, j), bit(i, j), along_bit);
            }
            if (floats(circuit_.row_floats, i)) continue;
            entries_.emplace_back(word(i, 0), word(i, 0), driver);
            source_[word(i, 0)] = driver * circuit_.volts[i];
        }
        for (std::size_t j = 0; j < n; ++j)
            if (!floats(circuit_.column_floats, j)) entries_.emplace_back(bit(m - 1, j), bit(m - 1, j), sense_);
        matrix_.resize(unknowns, unknowns);
        matrix_.setFromTriplets(entries_.begin(), entries_.end());
    }

    const OracleCase& circuit_;
    double sense_ = 0.0;
    std::vector<Eigen::Triplet<double>> entries_;
    Eigen::SparseMatrix<double> matrix_;
    Eigen::VectorXd source_;
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> solver_;
};

}  // namespace spikefab::test
