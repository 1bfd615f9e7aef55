// SPDX-License-Identifier: Apache-2.0
// Products and sums of synapse matrices against plain loops over dense ones.
#include "network/sparse_matrix.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>

namespace spikefab {
namespace {

using Dense = std::vector<std::vector<double>>;

SparseMatrix<double> sparse(const Dense& dense) {
    SparseMatrix<double> matrix{.rows = static_cast<std::uint32_t>(dense.size()),
                                .columns = static_cast<std::uint32_t>(dense.front().size())};
    for (const auto& row : dense) {
        for (std::uint32_t column = 0; column < row.size(); ++column) {
            if (row[column] == 0.0) continue;
            matrix.sources.push_back(column);
            matrix.values.push_back(row[column]);
        }
        matrix.offsets.push_back(matrix.entries());
    }
    return matrix;
}

/// Small integers, so that sums are exact; two thirds zeros.
Dense random_dense(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Rng rng{seed, "test"};
    Dense dense(rows, std::vector<double>(columns, 0.0));
    for (auto& row : dense)
        for (double& value : row) value = rng.below(3) == 0 ? static_cast<double>(rng.below(7)) - 3.0 : 0.0;
    return dense;
}

TEST(SparseMatrix, product_equals_the_dense_product) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Dense left = random_dense(7, 5, seed);
        const Dense right = random_dense(5, 9, seed + 100);
        Dense expected(7, std::vector<double>(9, 0.0));
        for (std::size_t i = 0; i < 7; ++i)
            for (std::size_t j = 0; j < 9; ++j)
                for (std::size_t k = 0; k < 5; ++k) expected[i][j] += left[i][k] * right[k][j];
        EXPECT_EQ(product(sparse(left), sparse(right)), sparse(expected));
    }
}

TEST(SparseMatrix, sum_drops_what_cancels) {
    EXPECT_EQ(sum(sparse({{1, 0, 2}, {0, 3, 0}}), sparse({{-1, 5, 2}, {0, -3, 0}})), sparse({{0, 5, 4}, {0, 0, 0}}));
}

TEST(SparseMatrix, identity_changes_nothing) {
    const SparseMatrix<double> matrix = sparse(random_dense(6, 4, 3));
    EXPECT_EQ(product(identity_matrix(6), matrix), matrix);
    EXPECT_EQ(product(matrix, identity_matrix(4)), matrix);
}

TEST(SparseMatrix, product_with_a_vector) {
    EXPECT_THAT(product(sparse({{1, 2}, {0, 0}, {-1, 3}}), std::vector<double>{10, 1}), testing::ElementsAre(12, 0, -7));
}

}  // namespace
}  // namespace spikefab
