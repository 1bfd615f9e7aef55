// SPDX-License-Identifier: Apache-2.0
// A matrix of synapses, kept by target neuron (compressed rows).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spikefab {

/// Row = target neuron, column = source neuron; columns rise strictly within a row.
template <class Value>
struct SparseMatrix {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::vector<std::uint64_t> offsets{0};  ///< rows + 1 values; row i is [offsets[i], offsets[i + 1])
    std::vector<std::uint32_t> sources{};   ///< the column of every entry
    std::vector<Value> values{};            ///< parallel to `sources`

    [[nodiscard]] std::size_t entries() const { return sources.size(); }
    [[nodiscard]] std::span<const std::uint32_t> sources_of(std::size_t row) const {
        return std::span{sources}.subspan(offsets[row], offsets[row + 1] - offsets[row]);
    }
    [[nodiscard]] std::span<const Value> values_of(std::size_t row) const {
        return std::span{values}.subspan(offsets[row], offsets[row + 1] - offsets[row]);
    }
    bool operator==(const SparseMatrix&) const = default;
};

/// The n x n identity.
[[nodiscard]] SparseMatrix<double> identity_matrix(std::size_t size);

/// left * right, exact in the order of rising columns of `left`; entries that are zero in the end are dropped.
/// `left.columns` must equal `right.rows`.
[[nodiscard]] SparseMatrix<double> product(const SparseMatrix<double>& left, const SparseMatrix<double>& right);

/// left + right, of equal size; entries that are zero in the end are dropped.
[[nodiscard]] SparseMatrix<double> sum(const SparseMatrix<double>& left, const SparseMatrix<double>& right);

/// matrix * vector; `vector` has `matrix.columns` values.
[[nodiscard]] std::vector<double> product(const SparseMatrix<double>& matrix, std::span<const double> vector);

}  // namespace spikefab
