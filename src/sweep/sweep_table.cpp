// SPDX-License-Identifier: Apache-2.0
// Outcomes as rows.
#include "sweep/sweep.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab {
namespace {

using nlohmann::json;
using Row = std::vector<std::string>;

/// "gpus.0.energy_ratio" -> "/gpus/0/energy_ratio".
[[nodiscard]] json::json_pointer pointer_to(std::string path) {
    std::replace(path.begin(), path.end(), '.', '/');
    return json::json_pointer{"/" + path};
}

[[nodiscard]] json value_at(const json& document, const std::string& path) {
    const json::json_pointer pointer = pointer_to(path);
    return document.contains(pointer) ? document.at(pointer) : json{};
}

[[nodiscard]] std::string text_of(const json& value) {
    if (value.is_null()) return "";
    return value.is_string() ? value.get<std::string>() : value.dump();
}

[[nodiscard]] std::string short_text_of(const json& value) {
    return value.is_number_float() ? fmt::format("{:.4g}", value.get<double>()) : text_of(value);
}

[[nodiscard]] std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string result = "\"";
    for (const char letter : text) result += letter == '"' ? "\"\"" : std::string(1, letter);
    return result + "\"";
}

[[nodiscard]] std::string status_of(const PointOutcome& outcome) {
    if (outcome.result) return "done";
    return outcome.reason.empty() ? "missing" : "failed";
}

/// A result that is called like a setting says so: "steps" of an image, "result.steps" of the run.
[[nodiscard]] std::string name_of(const std::string& column, const Point& point) {
    const bool taken =
        std::any_of(point.values.begin(), point.values.end(), [&](const auto& value) { return value.first == column; });
    return taken ? "result." + column : column;
}

template <class Show>
[[nodiscard]] std::vector<Row> rows_of(const std::vector<PointOutcome>& outcomes, const std::vector<std::string>& columns,
                                       Show show) {
    std::vector<Row> rows;
    if (outcomes.empty()) return rows;
    Row header;
    for (const auto& [path, value] : outcomes.front().point.values) header.push_back(path);
    for (const std::string& column : columns) header.push_back(name_of(column, outcomes.front().point));
    header.insert(header.end(), {"status", "reason"});
    rows.push_back(std::move(header));
    for (const PointOutcome& outcome : outcomes) {
        const json document = outcome.result ? json::parse(*outcome.result) : json{};
        Row row;
        for (const auto& [path, value] : outcome.point.values) row.push_back(value);
        for (const std::string& column : columns) row.push_back(show(value_at(document, column)));
        row.insert(row.end(), {status_of(outcome), outcome.reason});
        rows.push_back(std::move(row));
    }
    return rows;
}

/// The last parts of a dotted path, as few as tell it from the other paths.
[[nodiscard]] std::string short_name(const std::string& path, const Row& all) {
    for (std::size_t dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
        const std::string suffix = path.substr(dot);
        const auto alike = std::count_if(
            all.begin(), all.end(), [&](const std::string& other) { return other.ends_with(suffix) || "." + other == suffix; });
        if (alike == 1) return suffix.substr(1);
    }
    return path;
}

[[nodiscard]] Row short_names(const Row& paths) {
    Row names;
    for (const std::string& path : paths) names.push_back(short_name(path, paths));
    return names;
}

}  // namespace

std::string sweep_csv(const std::vector<PointOutcome>& outcomes, const std::vector<std::string>& columns) {
    std::string text;
    for (const Row& row : rows_of(outcomes, columns, text_of)) {
        for (std::size_t column = 0; column < row.size(); ++column) text += (column == 0 ? "" : ",") + quoted(row[column]);
        text += "\n";
    }
    return text;
}

std::string sweep_table(const std::vector<PointOutcome>& outcomes, const std::vector<std::string>& columns) {
    std::vector<Row> rows = rows_of(outcomes, columns, short_text_of);
    if (rows.empty()) return "";
    rows.front() = short_names(rows.front());
    std::vector<std::size_t> widths(rows.front().size(), 0);
    for (const Row& row : rows)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    std::string text;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column)
            line += fmt::format("{:<{}}  ", row[column], widths[column]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

}  // namespace spikefab
