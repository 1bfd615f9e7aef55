// SPDX-License-Identifier: Apache-2.0
// The wording of configuration mistakes.
#include "config/problems.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace spikefab::config {
namespace {

constexpr std::size_t most_problems = 100;

/// Levenshtein distance, one row at a time.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string Origin::text() const {
    const std::string name = file ? *file : "configuration";
    return line > 0 ? fmt::format("{}:{}:{}", name, line, column) : name;
}

std::string Problem::text() const {
    std::string line = origin.text() + ": " + (path.empty() ? "" : path + ": ") + problem;
    if (!why.empty()) line += fmt::format(" ({})", why);
    if (!suggestion.empty()) line += "; " + suggestion;
    return line;
}

void Problems::add(Problem problem) {
    problems_.push_back(std::move(problem));
}

std::string Problems::text() const {
    std::string lines;
    for (std::size_t i = 0; i < std::min(problems_.size(), most_problems); ++i)
        lines += (i == 0 ? "" : "\n") + problems_[i].text();
    if (problems_.size() > most_problems) lines += fmt::format("\n... and {} more", problems_.size() - most_problems);
    return lines;
}

void Problems::raise() const {
    if (!empty()) throw InputError{text()};
}

std::string nearest(std::string_view name, std::span<const std::string> known) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 2);
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(name.substr(0, 64), candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace spikefab::config
