// SPDX-License-Identifier: Apache-2.0
// Reads golden vectors (JSON, plain or gzipped, with their tables) and checks one against the simulator's own blocks.
#pragma once

#include "verify/comparison.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <span>
#include <string_view>

namespace spikefab::verify {

/// One format of vectors that this program can check.
struct VectorKind {
    std::string_view name;     ///< "lava neuron"
    std::string_view summary;  ///< what is compared
    bool (*recognises)(const nlohmann::json& vector);
    Verdict (*check)(const nlohmann::json& vector);
    bool has_tables = false;  ///< the CSV files that lie beside such a file are a part of it
};

/// The simulator's own format (docs/vectors.md).
[[nodiscard]] const VectorKind& own_kind();
/// Formats of others.
[[nodiscard]] std::span<const VectorKind> vector_kinds();

/// The tables of numbers that belong to a JSON file come with it, under "tables"; a CSV file is a vector of one table.
/// InputError when the file cannot be read or is not JSON.
[[nodiscard]] nlohmann::json read_vector(const std::filesystem::path& path);
/// Skipped when no kind recognises it; InputError when a kind does and something that it needs is missing.
[[nodiscard]] Verdict check_vector(const nlohmann::json& vector);

}  // namespace spikefab::verify
