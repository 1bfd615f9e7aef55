// SPDX-License-Identifier: Apache-2.0
// Products of synapse matrices.
#include "network/sparse_matrix.hpp"

#include "base/contract.hpp"

#include <algorithm>
#include <numeric>

namespace spikefab {
namespace {

/// One row of a product under construction: a dense vector and the list of columns in use.
class RowAccumulator final {
public:
    explicit RowAccumulator(std::size_t columns) : sums_(columns, 0.0), used_(columns, false) {}

    void add(std::uint32_t column, double value) {
        if (!used_[column]) {
            used_[column] = true;
            touched_.push_back(column);
        }
        sums_[column] += value;
    }

    void append_to(SparseMatrix<double>& matrix) {
        std::sort(touched_.begin(), touched_.end());
        for (const std::uint32_t column : touched_) {
            if (sums_[column] != 0.0) {
                matrix.sources.push_back(column);
                matrix.values.push_back(sums_[column]);
            }
            sums_[column] = 0.0;
            used_[column] = false;
        }
        touched_.clear();
        matrix.offsets.push_back(matrix.sources.size());
    }

private:
    std::vector<double> sums_;
    std::vector<bool> used_;
    std::vector<std::uint32_t> touched_;
};

}  // namespace

SparseMatrix<double> identity_matrix(std::size_t size) {
    const auto count = static_cast<std::uint32_t>(size);
    SparseMatrix<double> matrix{.rows = count, .columns = count};
    matrix.offsets.resize(size + 1);
    std::iota(matrix.offsets.begin(), matrix.offsets.end(), std::uint64_t{0});
    matrix.sources.resize(size);
    std::iota(matrix.sources.begin(), matrix.sources.end(), std::uint32_t{0});
    matrix.values.assign(size, 1.0);
    return matrix;
}

SparseMatrix<double> product(const SparseMatrix<double>& left, const SparseMatrix<double>& right) {
    expects(left.columns == right.rows);
    SparseMatrix<double> result{.rows = left.rows, .columns = right.columns};
    RowAccumulator row{right.columns};
    for (std::size_t target = 0; target < left.rows; ++target) {
        const auto middle = left.sources_of(target);
        const auto factors = left.values_of(target);
        for (std::size_t i = 0; i < middle.size(); ++i) {
            const auto sources = right.sources_of(middle[i]);
            const auto values = right.values_of(middle[i]);
            for (std::size_t j = 0; j < sources.size(); ++j) row.add(sources[j], factors[i] * values[j]);
        }
        row.append_to(result);
    }
    return result;
}

SparseMatrix<double> sum(const SparseMatrix<double>& left, const SparseMatrix<double>& right) {
    expects(left.rows == right.rows && left.columns == right.columns);
    SparseMatrix<double> result{.rows = left.rows, .columns = left.columns};
    RowAccumulator row{left.columns};
    for (std::size_t target = 0; target < left.rows; ++target) {
        for (const auto* matrix : {&left, &right}) {
            const auto sources = matrix->sources_of(target);
            const auto values = matrix->values_of(target);
            for (std::size_t i = 0; i < sources.size(); ++i) row.add(sources[i], values[i]);
        }
        row.append_to(result);
    }
    return result;
}

std::vector<double> product(const SparseMatrix<double>& matrix, std::span<const double> vector) {
    expects(vector.size() == matrix.columns);
    std::vector<double> result(matrix.rows, 0.0);
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        const auto sources = matrix.sources_of(row);
        const auto values = matrix.values_of(row);
        for (std::size_t i = 0; i < sources.size(); ++i) result[row] += values[i] * vector[sources[i]];
    }
    return result;
}

}  // namespace spikefab
