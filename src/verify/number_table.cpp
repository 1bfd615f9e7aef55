// SPDX-License-Identifier: Apache-2.0
// CSV files in, named columns out.
#include "verify/number_table.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace spikefab::verify {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

[[nodiscard]] std::vector<std::string> cells_of(std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> cells;
    std::stringstream stream{line};
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
}

[[nodiscard]] double number_of(const std::string& cell) {
    char* end = nullptr;
    const double value = std::strtod(cell.c_str(), &end);
    return end == cell.c_str() ? no_number : value;
}

[[nodiscard]] std::string stem_of(const fs::path& file) {
    return file.stem().string();
}

/// The JSON file that a table travels with; empty when there is none.
[[nodiscard]] fs::path owner_of(const fs::path& csv_file) {
    const std::string name = stem_of(csv_file);
    fs::path owner;
    const fs::path folder = fs::absolute(csv_file).parent_path();
    for (const auto& entry : fs::directory_iterator{folder, fs::directory_options::skip_permission_denied}) {
        const std::string stem = stem_of(entry.path());
        if (entry.path().extension() == ".json" && name.starts_with(stem) && stem.size() > stem_of(owner).size())
            owner = entry.path();
    }
    return owner;
}

[[nodiscard]] Json json_of(const NumberTable& table) {
    return {{"columns", table.columns}, {"rows", table.rows}};
}

[[nodiscard]] NumberTable table_of(const std::string& name, const Json& json) {
    NumberTable table{name, json.at("columns").get<std::vector<std::string>>(), {}};
    for (const Json& row : json.at("rows")) {
        std::vector<double> values;
        for (const Json& value : row) values.push_back(value.is_number() ? value.get<double>() : no_number);
        if (values.size() != table.columns.size())
            throw InputError{
                fmt::format("tables.{}: a row has {} values for {} columns", name, values.size(), table.columns.size())};
        table.rows.push_back(std::move(values));
    }
    return table;
}

}  // namespace

bool NumberTable::has(std::string_view wanted) const {
    return std::ranges::find(columns, wanted) != columns.end();
}

bool NumberTable::has(std::span<const std::string_view> names) const {
    return std::ranges::all_of(names, [&](std::string_view wanted) { return has(wanted); });
}

std::size_t NumberTable::column(std::string_view wanted) const {
    const auto found = std::ranges::find(columns, wanted);
    if (found == columns.end()) throw InputError{fmt::format("table {}: there is no column '{}'", name, wanted)};
    return static_cast<std::size_t>(found - columns.begin());
}

std::vector<double> NumberTable::values(std::string_view wanted) const {
    const std::size_t k = column(wanted);
    std::vector<double> all;
    for (const auto& row : rows) all.push_back(row[k]);
    return all;
}

double NumberTable::largest(std::string_view wanted) const {
    double most = 0.0;
    for (const double value : values(wanted)) most = std::max(most, std::abs(value));
    return most;
}

NumberTable read_table(const fs::path& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) throw InputError{fmt::format("{}: is empty or cannot be opened", path.string())};
    NumberTable table{stem_of(path), cells_of(line), {}};
    for (std::size_t at = 2; std::getline(file, line); ++at) {
        const std::vector<std::string> cells = cells_of(line);
        if (cells.empty()) continue;
        if (cells.size() != table.columns.size())
            throw InputError{
                fmt::format("{}: line {} has {} cells for {} columns", path.string(), at, cells.size(), table.columns.size())};
        std::vector<double> row;
        for (const std::string& cell : cells) row.push_back(number_of(cell));
        table.rows.push_back(std::move(row));
    }
    return table;
}

void attach_tables(Json& vector, const fs::path& json_file) {
    const fs::path absolute = fs::absolute(json_file);
    for (const auto& entry : fs::directory_iterator{absolute.parent_path(), fs::directory_options::skip_permission_denied}) {
        if (entry.path().extension() != ".csv" || owner_of(entry.path()) != absolute) continue;
        const NumberTable table = read_table(entry.path());
        vector["tables"][table.name] = json_of(table);
    }
}

Json vector_of_table(const fs::path& csv_file) {
    const NumberTable table = read_table(csv_file);
    return {{"tables", {{table.name, json_of(table)}}}};
}

bool belongs_to_json(const fs::path& csv_file) {
    return !owner_of(csv_file).empty();
}

std::vector<NumberTable> tables_with(const Json& vector, std::span<const std::string_view> columns) {
    std::vector<NumberTable> found;
    if (!vector.contains("tables") || !vector.at("tables").is_object()) return found;
    for (const auto& [name, json] : vector.at("tables").items()) {
        if (!json.is_object() || !json.contains("columns") || !json.contains("rows")) continue;  // something else
        const NumberTable table{name, json.at("columns").get<std::vector<std::string>>(), {}};
        if (table.has(columns)) found.push_back(table_of(name, json));
    }
    return found;
}

bool has_table_with(const Json& vector, std::span<const std::string_view> columns) {
    return !tables_with(vector, columns).empty();
}

NumberTable table_with(const Json& vector, std::span<const std::string_view> columns) {
    std::vector<NumberTable> found = tables_with(vector, columns);
    if (found.size() != 1)
        throw InputError{
            fmt::format("has {} tables with the columns {}; expected one, a CSV file whose name starts with this one's",
                        found.size(), fmt::join(columns, ", "))};
    return std::move(found.front());
}

}  // namespace spikefab::verify
