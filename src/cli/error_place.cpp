// SPDX-License-Identifier: Apache-2.0
// Finds the path that a message begins with.
#include "cli/error_place.hpp"

#include "run/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <tuple>

namespace spikefab::cli {
namespace {

[[nodiscard]] std::string join_path(const std::string& base, std::string_view path) {
    return base.empty() || path.empty() ? base + std::string{path} : fmt::format("{}.{}", base, path);
}

/// "input.count" of "input.count: 6 images ...", {} of anything else.
[[nodiscard]] std::string_view leading_path(std::string_view line) {
    const std::size_t end = line.find_first_of(": \t'/");
    return end != std::string_view::npos && line.substr(end).starts_with(": ") ? line.substr(0, end) : std::string_view{};
}

/// The rest of "chip 'loihi': ..." when `kind` is "chip".
[[nodiscard]] std::optional<std::string_view> after_subject(std::string_view line, std::string_view kind) {
    const std::string begin = fmt::format("{} '", kind);
    if (!line.starts_with(begin)) return std::nullopt;
    const std::size_t end = line.find('\'', begin.size());
    if (end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(end + 1);
    if (line.starts_with(": ")) line.remove_prefix(2);
    return line;
}

/// A key at the top of `tree`, or one that an experiment could have there.
[[nodiscard]] bool is_top_key(const config::Tree& tree, std::string_view key) {
    const auto known = [key](const auto&... field) { return ((field.info.key == key) || ...); };
    return tree.find(key) != nullptr || (tree.find("chip") != nullptr && std::apply(known, Experiment::fields));
}

[[nodiscard]] std::optional<std::string> path_of(std::string_view line, const config::Tree& tree, const Subjects& subjects) {
    if (subjects.noc && line.starts_with("noc: "))
        return join_path(*subjects.noc, line.starts_with("noc: topology") ? "topology" : "routing");
    if (const std::string_view path = leading_path(line); subjects.noc && path.starts_with("noc."))
        return join_path(*subjects.noc, path.substr(std::string_view{"noc."}.size()));
    for (const auto& [kind, base] : {std::pair{"chip", subjects.chip}, {"price list", subjects.prices}})
        if (const auto rest = after_subject(line, kind); base && rest) return join_path(*base, leading_path(*rest));
    const std::string_view path = leading_path(line);
    if (path.empty() || !is_top_key(tree, path.substr(0, path.find('.')))) return std::nullopt;
    return std::string{path};
}

}  // namespace

InputError with_place(const InputError& error, const config::Tree& tree, const Subjects& subjects) {
    config::Tree top = tree;
    config::expand(top);
    std::istringstream lines{error.what()};
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        if (!text.empty()) text += '\n';
        if (const auto path = path_of(line, top, subjects)) text += config::origin_of(top, *path).text() + ": ";
        text += line;
    }
    return InputError{text};
}

}  // namespace spikefab::cli
