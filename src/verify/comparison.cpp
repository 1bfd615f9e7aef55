// SPDX-License-Identifier: Apache-2.0
// The words of a first difference.
#include "verify/comparison.hpp"

#include <fmt/format.h>

namespace spikefab::verify {

void Comparison::note_difference(std::string_view value, std::string_view where, std::size_t when, std::string_view unit,
                                 std::size_t who, std::int64_t expected, std::int64_t actual) {
    if (different_++ == 0)
        first_ = fmt::format("{} {}, {} {}: {} is {}, expected {}", where, when, unit, who, value, actual, expected);
}

void Comparison::note_real(std::string_view value, std::string_view where, double at, double expected, double actual,
                           double tolerance) {
    if (different_++ == 0)
        first_ = fmt::format("{} {:.10g}: {} is {:.12g}, expected {:.12g} within {:.2g}", where, at, value, actual, expected,
                             tolerance);
}

void Comparison::check_line(std::string_view what, std::size_t line, std::string_view expected, std::string_view actual) {
    ++compared_;
    if (expected == actual) return;
    if (different_++ == 0) first_ = fmt::format("{} {}: '{}', expected '{}'", what, line, actual, expected);
}

void Comparison::fail(std::string message) {
    ++compared_;
    if (different_++ == 0) first_ = std::move(message);
}

Verdict Comparison::verdict() const {
    using Outcome = Verdict::Outcome;
    if (compared_ == 0) return {.outcome = Outcome::skipped, .note = "the file holds no expected values"};
    return {.outcome = different_ == 0 ? Outcome::equal : Outcome::different,
            .compared = compared_,
            .different = different_,
            .note = first_};
}

}  // namespace spikefab::verify
