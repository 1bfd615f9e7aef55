// SPDX-License-Identifier: Apache-2.0
// Finds repeated parts of a schema by their text.
#include "config/shared_schema.hpp"

#include <fmt/format.h>

#include <string>
#include <unordered_map>
#include <utility>

namespace spikefab::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t worth_sharing = 200;  ///< characters; a reference has some 25

class Sharer final {
public:
    [[nodiscard]] Json share(const Json& schema) {
        count(schema);
        Json result = rebuild(schema);
        if (!definitions_.empty()) result["$defs"] = std::move(definitions_);
        return result;
    }

private:
    void count(const Json& part) {
        if (!part.is_structured()) return;
        // Parts of what was counted before are shared with it, or on their own account.
        if (is_schema(part) && ++times_[part.dump()] > 1) return;
        for (const Json& inner : part) count(inner);
    }

    [[nodiscard]] Json rebuild(const Json& part) {
        if (!part.is_structured()) return part;
        if (!is_schema(part)) return rebuild_members(part);
        const std::string text = part.dump();
        if (text.size() < worth_sharing || times_.at(text) == 1) return rebuild_members(part);
        auto known = names_.find(text);
        if (known == names_.end()) {
            Json definition = rebuild_members(part);
            const std::string name = fmt::format("{}", definitions_.size() + 1);
            definitions_[name] = std::move(definition);
            known = names_.emplace(text, name).first;
        }
        return {{"$ref", "#/$defs/" + known->second}};
    }

    [[nodiscard]] Json rebuild_members(const Json& part) {
        Json result = part;
        for (Json& inner : result) inner = rebuild(inner);
        return result;
    }

    /// A place where a reference may stand; a list of properties is none, whatever their names.
    [[nodiscard]] static bool is_schema(const Json& part) {
        if (!part.is_object()) return false;
        const auto type = part.find("type");
        const auto variants = part.find("anyOf");
        return (type != part.end() && !type->is_object()) || (variants != part.end() && variants->is_array());
    }

    std::unordered_map<std::string, std::size_t> times_;
    std::unordered_map<std::string, std::string> names_;
    Json definitions_ = Json::object();
};

}  // namespace

Json share_repeated(const Json& schema) {
    return Sharer{}.share(schema);
}

}  // namespace spikefab::config
