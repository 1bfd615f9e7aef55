// SPDX-License-Identifier: Apache-2.0
// Counts equal and differing values of one vector file and keeps the first difference for the reader.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spikefab::verify {

/// What came out of one vector file.
struct Verdict {
    enum class Outcome { equal, different, skipped };
    Outcome outcome = Outcome::skipped;
    std::uint64_t compared = 0;   ///< values
    std::uint64_t different = 0;  ///< values
    std::string note;             ///< the first difference, or why it was skipped
};

class Comparison final {
public:
    /// `where` names the place in words ("step", "tick", "cycle"), `unit` who ("neuron"); both are printed with index.
    void check(std::string_view value, std::string_view where, std::size_t when, std::string_view unit, std::size_t who,
               std::int64_t expected, std::int64_t actual) {
        ++compared_;
        if (expected != actual) note_difference(value, where, when, unit, who, expected, actual);
    }
    /// For real numbers: equal when they differ by no more than `tolerance`. An expected NaN is not compared.
    void check_real(std::string_view value, std::string_view where, double at, double expected, double actual,
                    double tolerance) {
        if (std::isnan(expected)) return;
        ++compared_;
        if (!(std::abs(actual - expected) <= tolerance)) note_real(value, where, at, expected, actual, tolerance);
    }
    /// For lines of a trace: text that must be the same.
    void check_line(std::string_view what, std::size_t line, std::string_view expected, std::string_view actual);
    /// `values` values were compared and are equal.
    void agree(std::uint64_t values) { compared_ += values; }
    /// A difference that is not between two numbers.
    void fail(std::string message);

    [[nodiscard]] Verdict verdict() const;

private:
    void note_difference(std::string_view value, std::string_view where, std::size_t when, std::string_view unit,
                         std::size_t who, std::int64_t expected, std::int64_t actual);

    void note_real(std::string_view value, std::string_view where, double at, double expected, double actual, double tolerance);

    std::uint64_t compared_ = 0;
    std::uint64_t different_ = 0;
    std::string first_;
};

}  // namespace spikefab::verify
