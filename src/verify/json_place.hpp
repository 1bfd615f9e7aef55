// SPDX-License-Identifier: Apache-2.0
// A value of a JSON document and its path, so that whatever is wrong with it is said with the place.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::verify {

class JsonPlace final {
public:
    explicit JsonPlace(const nlohmann::json& document) : value_{&document} {}

    /// The value under `key`; InputError when it is missing or this is no object.
    [[nodiscard]] JsonPlace operator[](std::string_view key) const;
    [[nodiscard]] std::optional<JsonPlace> find(std::string_view key) const;
    [[nodiscard]] JsonPlace operator[](std::size_t index) const;

    [[nodiscard]] const nlohmann::json& json() const { return *value_; }
    [[nodiscard]] bool is_list() const { return value_->is_array(); }
    [[nodiscard]] bool is_text() const { return value_->is_string(); }
    /// Items of a list; InputError when this is none.
    [[nodiscard]] std::size_t size() const;

    /// InputError unless the value is a whole number within the bounds.
    [[nodiscard]] std::int64_t whole(std::int64_t lowest, std::int64_t highest) const;
    [[nodiscard]] std::uint32_t natural(std::int64_t highest = std::numeric_limits<std::uint32_t>::max()) const {
        return static_cast<std::uint32_t>(whole(0, highest));
    }
    [[nodiscard]] double real() const;
    [[nodiscard]] std::string text() const;
    /// A list of whole numbers within the bounds.
    [[nodiscard]] std::vector<std::int64_t> wholes(std::int64_t lowest, std::int64_t highest) const;

    [[noreturn]] void fail(std::string_view what) const;

private:
    JsonPlace(const nlohmann::json& value, std::string path) : value_{&value}, path_{std::move(path)} {}
    [[nodiscard]] std::string path_of(std::string_view child) const;

    const nlohmann::json* value_;
    std::string path_;
};

/// Is there something under `key`? Python writes null for what it does not know.
[[nodiscard]] inline bool has_value(const nlohmann::json& object, std::string_view key) {
    return JsonPlace{object}.find(key).has_value();
}

}  // namespace spikefab::verify
