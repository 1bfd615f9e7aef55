// SPDX-License-Identifier: Apache-2.0
// Readers of golden JSON and CSV files, and the hash of their matrices.
#include "analog/golden.hpp"
#include "places.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace spikefab::test {
namespace {

[[nodiscard]] std::uint64_t splitmix64(std::uint64_t x) {
    std::uint64_t z = x + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

[[nodiscard]] std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream{line};
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
}

}  // namespace

std::filesystem::path golden_path(std::string_view name) {
    return std::filesystem::path{shared_folder()} / "vectors" / "analog" / name;
}

nlohmann::json golden_json(std::string_view name) {
    std::ifstream file{golden_path(name)};
    return nlohmann::json::parse(file);
}

std::size_t Table::column(std::string_view name) const {
    for (std::size_t k = 0; k < names.size(); ++k)
        if (names[k] == name) return k;
    throw std::out_of_range{std::string{name}};
}

std::vector<double> Table::values(std::string_view name) const {
    const std::size_t k = column(name);
    std::vector<double> all;
    for (const auto& row : rows) all.push_back(row[k]);
    return all;
}

Table golden_table(std::string_view name) {
    std::ifstream file{golden_path(name)};
    Table table;
    std::string line;
    std::getline(file, line);
    table.names = split(line);
    while (std::getline(file, line)) {
        std::vector<double> row;
        for (const std::string& cell : split(line)) row.push_back(std::strtod(cell.c_str(), nullptr));
        table.rows.push_back(std::move(row));
    }
    return table;
}

double hashed(std::uint64_t seed, std::uint64_t i, std::uint64_t j) {
    return static_cast<double>(splitmix64((seed << 40U) + (i << 20U) + j) >> 11U) * 0x1.0p-53;
}

}  // namespace spikefab::test
