// SPDX-License-Identifier: Apache-2.0
// Typed looks into JSON.
#include "verify/json_place.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab::verify {
namespace {

constexpr std::size_t longest_quote = 40;

[[nodiscard]] std::string quoted(const nlohmann::json& value) {
    if (value.is_array()) return fmt::format("a list of {}", value.size());
    if (value.is_object()) return "an object";
    std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    if (text.size() > longest_quote) text = text.substr(0, longest_quote) + "...";
    return text;
}

[[nodiscard]] bool is_within(const nlohmann::json& value, std::int64_t lowest, std::int64_t highest) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return false;
    if (value.is_number_float()) {                    // "3.0" is a whole number, too
        constexpr double exact = 9007199254740992.0;  // 2^53
        const double number = value.get<double>();
        return number == std::floor(number) && std::abs(number) <= exact && number >= static_cast<double>(lowest) &&
               number <= static_cast<double>(highest);
    }
    return value.is_number_integer() && value.get<std::int64_t>() >= lowest && value.get<std::int64_t>() <= highest;
}

}  // namespace

std::string JsonPlace::path_of(std::string_view child) const {
    return path_.empty() ? std::string{child} : fmt::format("{}.{}", path_, child);
}

void JsonPlace::fail(std::string_view what) const {
    throw InputError{path_.empty() ? std::string{what} : fmt::format("{}: {}", path_, what)};
}

std::optional<JsonPlace> JsonPlace::find(std::string_view key) const {
    if (!value_->is_object()) fail(fmt::format("expected an object, not {}", quoted(*value_)));
    const auto found = value_->find(key);
    if (found == value_->end() || found->is_null()) return std::nullopt;
    return JsonPlace{*found, path_of(key)};
}

JsonPlace JsonPlace::operator[](std::string_view key) const {
    if (auto found = find(key)) return *std::move(found);
    fail(fmt::format("'{}' is missing", key));
}

JsonPlace JsonPlace::operator[](std::size_t index) const {
    if (index >= size()) fail(fmt::format("has {} items, expected more", size()));
    return JsonPlace{(*value_)[index], path_of(std::to_string(index))};
}

std::size_t JsonPlace::size() const {
    if (!value_->is_array()) fail(fmt::format("expected a list, not {}", quoted(*value_)));
    return value_->size();
}

std::int64_t JsonPlace::whole(std::int64_t lowest, std::int64_t highest) const {
    if (!is_within(*value_, lowest, highest))
        fail(fmt::format("expected a whole number from {} to {}, not {}", lowest, highest, quoted(*value_)));
    return value_->get<std::int64_t>();
}

double JsonPlace::real() const {
    if (!value_->is_number()) fail(fmt::format("expected a number, not {}", quoted(*value_)));
    return value_->get<double>();
}

std::string JsonPlace::text() const {
    if (!value_->is_string()) fail(fmt::format("expected a text, not {}", quoted(*value_)));
    return value_->get<std::string>();
}

std::vector<std::int64_t> JsonPlace::wholes(std::int64_t lowest, std::int64_t highest) const {
    std::vector<std::int64_t> numbers(size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (!is_within((*value_)[i], lowest, highest)) static_cast<void>((*this)[i].whole(lowest, highest));
        numbers[i] = (*value_)[i].get<std::int64_t>();
    }
    return numbers;
}

}  // namespace spikefab::verify
