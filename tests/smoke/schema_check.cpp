// SPDX-License-Identifier: Apache-2.0
// The few keywords of JSON Schema (draft 2020-12) that spikefab uses.
#include "smoke/schema_check.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>

namespace spikefab::smoke {
namespace {

using nlohmann::json;

[[nodiscard]] bool is_of_type(const json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == value.type_name();
}

class Checker final {
public:
    explicit Checker(const json& root) : root_{root} {}

    [[nodiscard]] std::string problem(const json& schema, const json& value, const std::string& path) const {
        static const std::set<std::string> said{"$schema", "title", "description", "default", "examples", "$defs"};
        for (const auto& [keyword, argument] : schema.items()) {
            if (said.contains(keyword)) continue;
            if (std::string found = keyword_problem(keyword, argument, schema, value, path); !found.empty()) return found;
        }
        return "";
    }

private:
    [[nodiscard]] std::string keyword_problem(const std::string& keyword, const json& argument, const json& schema,
                                              const json& value, const std::string& path) const {
        const auto unless = [&](bool fits) { return fits ? "" : path + ": " + keyword + " " + argument.dump().substr(0, 200); };
        if (keyword == "$ref") return problem(root_.at(json::json_pointer{argument.get<std::string>().substr(1)}), value, path);
        if (keyword == "const") return unless(value == argument);
        if (keyword == "enum") return unless(std::find(argument.begin(), argument.end(), value) != argument.end());
        if (keyword == "minimum") return unless(!value.is_number() || value.get<double>() >= argument.get<double>());
        if (keyword == "maximum") return unless(!value.is_number() || value.get<double>() <= argument.get<double>());
        if (keyword == "pattern")
            return unless(!value.is_string() ||
                          std::regex_search(value.get<std::string>(), std::regex{argument.get<std::string>()}));
        if (keyword == "type") {
            const json types = argument.is_array() ? argument : json::array({argument});
            return unless(std::any_of(types.begin(), types.end(), [&](const json& type) { return is_of_type(value, type); }));
        }
        if (keyword == "required")
            return unless(!value.is_object() || std::all_of(argument.begin(), argument.end(), [&](const json& key) {
                return value.contains(key.get<std::string>());
            }));
        if (keyword == "items") return first_problem(value.is_array(), argument, value, path);
        if (keyword == "anyOf") return variants_problem(argument, value, path);
        if (keyword == "properties" || keyword == "additionalProperties") return keys_problem(schema, value, path);
        throw std::logic_error{"keyword '" + keyword + "' is not known here"};
    }

    [[nodiscard]] std::string first_problem(bool applies, const json& schema, const json& values,
                                            const std::string& path) const {
        for (std::size_t i = 0; applies && i < values.size(); ++i)
            if (std::string found = problem(schema, values[i], path + "." + std::to_string(i)); !found.empty()) return found;
        return "";
    }

    [[nodiscard]] std::string variants_problem(const json& variants, const json& value, const std::string& path) const {
        std::string deepest;  // the variant that was meant is the one that fits furthest
        for (const json& variant : variants) {
            const std::string found = problem(variant, value, path);
            if (found.empty()) return "";
            if (found.find(':') > deepest.find(':') || deepest.empty()) deepest = found;
        }
        return deepest;
    }

    [[nodiscard]] std::string keys_problem(const json& schema, const json& value, const std::string& path) const {
        if (!value.is_object()) return "";
        const json properties = schema.value("properties", json::object());
        const json others = schema.value("additionalProperties", json{true});
        for (const auto& [key, inner] : value.items()) {
            const auto known = properties.find(key);
            if (known == properties.end() && others.is_boolean() && others.get<bool>()) continue;
            if (known == properties.end() && others.is_boolean()) return path + "." + key + ": no such key";
            const json& its = known != properties.end() ? *known : others;
            if (std::string found = problem(its, inner, path + "." + key); !found.empty()) return found;
        }
        return "";
    }

    const json& root_;
};

}  // namespace

std::string schema_problem(const json& schema, const json& document) {
    return Checker{schema}.problem(schema, document, "");
}

}  // namespace spikefab::smoke
