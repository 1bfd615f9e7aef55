// SPDX-License-Identifier: Apache-2.0
// Whole numbers and truth values as such, all other scalars as text.
#include "verify/tree_json.hpp"

#include <algorithm>
#include <string>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

[[nodiscard]] Json scalar_json(const std::string& text) {
    const bool whole = !text.empty() && text.size() < 16 &&
                       std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
    if (whole && (text == "0" || text.front() != '0')) return std::stoll(text);
    if (text == "true" || text == "false") return text == "true";
    return text;
}

}  // namespace

nlohmann::json tree_json(const config::Tree& tree) {
    Json result;
    if (tree.kind == config::Tree::Kind::scalar) result = scalar_json(tree.scalar);
    if (tree.kind == config::Tree::Kind::list) {
        result = Json::array();
        for (const config::Tree& item : tree.items) result.push_back(tree_json(item));
    }
    if (tree.kind == config::Tree::Kind::map) {
        result = Json::object();
        for (const auto& entry : tree.entries) result[entry.key] = tree_json(entry.value);
    }
    return result;
}

}  // namespace spikefab::verify
