// SPDX-License-Identifier: Apache-2.0
// Compares two lists of events, each a row of numbers, in the order of their first columns.
#pragma once

#include "verify/comparison.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::verify {

using Event = std::vector<std::int64_t>;

/// Sorts both lists and checks them number by number; `fields` names the columns. The first event that only one list has
/// is reported whole.
void check_events(Comparison& comparison, std::string_view what, std::span<const std::string_view> fields,
                  std::vector<Event> expected, std::vector<Event> actual);
/// The same with the caller's words for an event.
void check_events(Comparison& comparison, std::string_view what, const std::function<std::string(const Event&)>& text,
                  std::vector<Event> expected, std::vector<Event> actual);

}  // namespace spikefab::verify
