// SPDX-License-Identifier: Apache-2.0
// Tables of numbers (CSV) that belong to a vector: where they lie, how they are read, and columns by name.
#pragma once

#include "verify/json_place.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::verify {

/// Rows of numbers under named columns; a cell that is no number is NaN.
struct NumberTable {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<double>> rows;

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool has(std::span<const std::string_view> names) const;
    /// InputError when there is no such column.
    [[nodiscard]] std::size_t column(std::string_view name) const;
    [[nodiscard]] std::vector<double> values(std::string_view name) const;
    /// The largest magnitude of a column.
    [[nodiscard]] double largest(std::string_view name) const;
};

/// InputError when the file cannot be read or a row has more or fewer cells than there are columns.
[[nodiscard]] NumberTable read_table(const std::filesystem::path& file);

/// Tables travel inside the vector's JSON, under "tables".
void attach_tables(nlohmann::json& vector, const std::filesystem::path& json_file);
[[nodiscard]] nlohmann::json vector_of_table(const std::filesystem::path& csv_file);
/// True for a CSV file that travels with a JSON file of its folder: the one whose name, up to its suffix, starts the table's
/// name; the longest of them.
[[nodiscard]] bool belongs_to_json(const std::filesystem::path& csv_file);

/// The vector's tables; those that have all of these columns.
[[nodiscard]] std::vector<NumberTable> tables_with(const nlohmann::json& vector, std::span<const std::string_view> columns);
[[nodiscard]] bool has_table_with(const nlohmann::json& vector, std::span<const std::string_view> columns);
/// The only one; InputError when there is none, or more than one.
[[nodiscard]] NumberTable table_with(const nlohmann::json& vector, std::span<const std::string_view> columns);

}  // namespace spikefab::verify
