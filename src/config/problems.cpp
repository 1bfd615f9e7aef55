// SPDX-License-Identifier: Apache-2.0
// The wording of configuration mistakes.
#include "config/problems.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab::config {
namespace {

constexpr std::size_t most_problems = 100;

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

}  // namespace spikefab::config
