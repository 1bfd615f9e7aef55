// SPDX-License-Identifier: Apache-2.0
// A merge of two sorted lists that counts what either has alone.
#include "verify/event_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikefab::verify {
namespace {

[[nodiscard]] std::string text_of(std::span<const std::string_view> fields, const Event& event) {
    std::string text;
    for (std::size_t i = 0; i < event.size() && i < fields.size(); ++i)
        text += fmt::format("{}{} {}", i == 0 ? "" : ", ", fields[i], event[i]);
    return text;
}

}  // namespace

void check_events(Comparison& comparison, std::string_view what, std::span<const std::string_view> fields,
                  std::vector<Event> expected, std::vector<Event> actual) {
    check_events(
        comparison, what, [fields](const Event& event) { return text_of(fields, event); }, std::move(expected),
        std::move(actual));
}

void check_events(Comparison& comparison, std::string_view what, const std::function<std::string(const Event&)>& text,
                  std::vector<Event> expected, std::vector<Event> actual) {
    std::sort(expected.begin(), expected.end());
    std::sort(actual.begin(), actual.end());
    auto wanted = expected.begin();
    auto got = actual.begin();
    while (wanted != expected.end() || got != actual.end()) {
        if (wanted != expected.end() && got != actual.end() && *wanted == *got) {
            comparison.agree(wanted->size());
            ++wanted;
            ++got;
        } else if (got == actual.end() || (wanted != expected.end() && *wanted < *got)) {
            comparison.fail(fmt::format("{} is missing: {}", what, text(*wanted++)));
        } else {
            comparison.fail(fmt::format("{} is not expected: {}", what, text(*got++)));
        }
    }
}

}  // namespace spikefab::verify
