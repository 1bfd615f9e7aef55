// SPDX-License-Identifier: Apache-2.0
// Elimination and back-substitution along the word lines and bit lines of a crossbar.
#include "models/crossbar/line_sweeps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace spikefab {
namespace {

/// Rows swept together: one alone would wait for each multiply-add before the next.
constexpr std::size_t lanes_at_once = 4;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// 1 / pivot; a node that nothing connects to anything stays at its source's potential.
[[nodiscard]] double inverse(double pivot) {
    return pivot > 0.0 ? 1.0 / pivot : 0.0;
}

}  // namespace

LineConductors::LineConductors(std::size_t lines, LineWires wires)
    : chain{wires.segment > 0.0},
      segment{chain ? 1.0 / wires.segment : 0.0},
      connected_end{wires.segment + wires.end > 0.0 ? 1.0 / (wires.segment + wires.end) : infinity},
      end(lines, connected_end),
      end_flow(lines, std::isinf(connected_end) ? 0.0 : connected_end) {}

void LineConductors::connect(std::span<const LineEnd> ends) {
    for (std::size_t line = 0; line < ends.size(); ++line) {
        const bool connected = ends[line] == LineEnd::connected;
        end[line] = connected ? connected_end : (ends[line] == LineEnd::open ? 0.0 : infinity);
        end_flow[line] = connected && !std::isinf(connected_end) ? connected_end : 0.0;
    }
}

WordLines::WordLines(std::size_t rows, std::size_t columns, LineWires wires)
    : rows_{rows}, columns_{columns}, wires_{rows, wires}, inverse_pivot_(rows * columns) {}

template <std::size_t lanes>
void WordLines::factor_chains(std::size_t row, const double* shunt) {
    double* pivot = &inverse_pivot_[row * columns_];
    std::array<double, lanes> seen{};
    for (std::size_t j = columns_; j-- > 1;) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::size_t node = lane * columns_ + j;
            seen[lane] += shunt[node];
            pivot[node] = 1.0 / (seen[lane] + wires_.segment);
            seen[lane] *= wires_.segment * pivot[node];
        }
    }
    for (std::size_t lane = 0; lane < lanes; ++lane)
        pivot[lane * columns_] = inverse(seen[lane] + shunt[lane * columns_] + wires_.end[row + lane]);
}

void WordLines::factor(std::span<const double> shunt) {
    std::size_t row = 0;
    if (wires_.chain) {
        for (; row + lanes_at_once <= rows_; row += lanes_at_once) factor_chains<lanes_at_once>(row, &shunt[row * columns_]);
        for (; row < rows_; ++row) factor_chains<1>(row, &shunt[row * columns_]);
    }
    for (; row < rows_; ++row) {
        double sum = 0.0;
        for (std::size_t j = 0; j < columns_; ++j) sum += shunt[row * columns_ + j];
        inverse_pivot_[row * columns_] = inverse(sum + wires_.end[row]);
    }
}

template <std::size_t lanes>
void WordLines::solve_chains(std::size_t row, double* field) const {
    const double* pivot = &inverse_pivot_[row * columns_];
    const double g = wires_.segment;
    std::array<double, lanes> carry{};
    for (std::size_t j = columns_; j-- > 1;) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double& node = field[lane * columns_ + j];
            node += carry[lane];
            carry[lane] = g * pivot[lane * columns_ + j] * node;
        }
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        double& node = field[lane * columns_];
        node = (node + carry[lane]) * pivot[lane * columns_];
        carry[lane] = node;
    }
    for (std::size_t j = 1; j < columns_; ++j) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double& node = field[lane * columns_ + j];
            node = pivot[lane * columns_ + j] * (node + g * carry[lane]);
            carry[lane] = node;
        }
    }
}

void WordLines::solve_single_node(std::size_t row, double* field) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) sum += field[j];
    std::fill(field, field + columns_, sum * inverse_pivot_[row * columns_]);
}

void WordLines::solve(std::size_t first, std::size_t last, double* field) const {
    std::size_t row = first;
    if (wires_.chain) {
        for (; row + lanes_at_once <= last; row += lanes_at_once)
            solve_chains<lanes_at_once>(row, field + (row - first) * columns_);
        for (; row < last; ++row) solve_chains<1>(row, field + (row - first) * columns_);
    } else {
        for (; row < last; ++row) solve_single_node(row, field + (row - first) * columns_);
    }
}

void WordLines::subtract_wire_current(std::span<const double> potential, std::span<double> out) const {
    for (std::size_t row = 0; row < rows_; ++row) {
        const double* v = &potential[row * columns_];
        double* current = &out[row * columns_];
        current[0] -= wires_.end_flow[row] * v[0];
        for (std::size_t j = 1; j < columns_; ++j) {
            const double flow = wires_.segment * (v[j] - v[j - 1]);
            current[j] -= flow;
            current[j - 1] += flow;
        }
    }
}

double WordLines::square_norm(std::span<const double> field) const {
    double total = 0.0;
    for (std::size_t row = 0; row < rows_; ++row) {
        if (std::isinf(wires_.end[row])) continue;
        double sum = 0.0;
        double squares = 0.0;
        for (std::size_t j = 0; j < columns_; ++j) {
            const double value = field[row * columns_ + j];
            sum += value;
            squares += value * value;
        }
        total += wires_.chain ? squares : sum * sum;
    }
    return total;
}

BitLines::BitLines(std::size_t rows, std::size_t columns, LineWires wires)
    : rows_{rows}, columns_{columns}, wires_{columns, wires}, inverse_pivot_(rows * columns) {}

void BitLines::factor(std::span<const double> shunt) {
    const double g = wires_.segment;
    std::vector<double> seen(shunt.begin(), shunt.begin() + static_cast<std::ptrdiff_t>(columns_));
    for (std::size_t row = 1; row < rows_; ++row) {
        double* pivot = &inverse_pivot_[(row - 1) * columns_];
        const double* d = &shunt[row * columns_];
        if (wires_.chain) {
            for (std::size_t j = 0; j < columns_; ++j) {
                pivot[j] = 1.0 / (seen[j] + g);
                seen[j] = d[j] + seen[j] * g * pivot[j];
            }
        } else {
            for (std::size_t j = 0; j < columns_; ++j) seen[j] += d[j];
        }
    }
    for (std::size_t j = 0; j < columns_; ++j) inverse_pivot_[(rows_ - 1) * columns_ + j] = inverse(seen[j] + wires_.end[j]);
}

void BitLines::sweep_down(std::size_t row, double* field) const {
    double* here = field + row * columns_;
    if (row > 0) {
        const double* above = here - columns_;
        if (wires_.chain) {
            const double* pivot = &inverse_pivot_[(row - 1) * columns_];
            for (std::size_t j = 0; j < columns_; ++j) here[j] += wires_.segment * pivot[j] * above[j];
        } else {
            for (std::size_t j = 0; j < columns_; ++j) here[j] += above[j];
        }
    }
}

void BitLines::sweep_up(std::size_t row, double* field) const {
    double* here = field + row * columns_;
    const double* pivot = &inverse_pivot_[row * columns_];
    if (row + 1 == rows_) {
        for (std::size_t j = 0; j < columns_; ++j) here[j] *= pivot[j];
    } else if (wires_.chain) {
        const double* below = here + columns_;
        for (std::size_t j = 0; j < columns_; ++j) here[j] = pivot[j] * (here[j] + wires_.segment * below[j]);
    } else {
        std::copy(here + columns_, here + 2 * columns_, here);
    }
}

void BitLines::add_wire_current(std::size_t row, const double* potential, double* out) const {
    const double* v = potential + row * columns_;
    const double g = wires_.segment;
    if (row > 0) {
        const double* above = v - columns_;
        for (std::size_t j = 0; j < columns_; ++j) out[j] += g * (v[j] - above[j]);
    }
    if (row + 1 < rows_) {
        const double* below = v + columns_;
        for (std::size_t j = 0; j < columns_; ++j) out[j] += g * (v[j] - below[j]);
    } else {
        for (std::size_t j = 0; j < columns_; ++j) out[j] += wires_.end_flow[j] * v[j];
    }
}

void BitLines::subtract_wire_current(std::span<const double> potential, std::span<double> out) const {
    std::vector<double> flow(columns_);
    for (std::size_t row = 0; row < rows_; ++row) {
        std::fill(flow.begin(), flow.end(), 0.0);
        add_wire_current(row, potential.data(), flow.data());
        for (std::size_t j = 0; j < columns_; ++j) out[row * columns_ + j] -= flow[j];
    }
}

double BitLines::square_norm(std::span<const double> field) const {
    std::vector<double> sum(columns_, 0.0);
    std::vector<double> squares(columns_, 0.0);
    for (std::size_t row = 0; row < rows_; ++row) {
        for (std::size_t j = 0; j < columns_; ++j) {
            const double value = field[row * columns_ + j];
            sum[j] += value;
            squares[j] += value * value;
        }
    }
    double total = 0.0;
    for (std::size_t j = 0; j < columns_; ++j)
        if (!std::isinf(wires_.end[j])) total += wires_.chain ? squares[j] : sum[j] * sum[j];
    return total;
}

}  // namespace spikefab
