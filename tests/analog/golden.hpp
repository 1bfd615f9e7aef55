// SPDX-License-Identifier: Apache-2.0
// Golden data of the analog tests: where it lies, how to read it, and the hash that generates its matrices.
#pragma once

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::test {

/// ../shared/vectors/analog/<name>, which a source tree alone does not have.
[[nodiscard]] std::filesystem::path golden_path(std::string_view name);
[[nodiscard]] nlohmann::json golden_json(std::string_view name);

/// A table of numbers ("nan" allowed) with named columns.
struct Table {
    std::vector<std::string> names;
    std::vector<std::vector<double>> rows;
    [[nodiscard]] std::size_t column(std::string_view name) const;
    [[nodiscard]] std::vector<double> values(std::string_view name) const;
};
[[nodiscard]] Table golden_table(std::string_view name);

/// Uniform in [0, 1); the hash that the golden data's README defines.
[[nodiscard]] double hashed(std::uint64_t seed, std::uint64_t i, std::uint64_t j);

}  // namespace spikefab::test

#define SPIKEFAB_NEEDS_GOLDEN(name)                                  \
    if (!std::filesystem::exists(spikefab::test::golden_path(name))) \
    GTEST_SKIP() << "golden data " << spikefab::test::golden_path(name) << " is not here"
