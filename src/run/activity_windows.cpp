// SPDX-License-Identifier: Apache-2.0
// Splitting a step's counts among windows.
#include "run/activity_windows.hpp"

#include "base/picoseconds.hpp"

#include <algorithm>

namespace spikefab {
namespace {

/// The share of `counts` that falls before `elapsed` of `total`.
[[nodiscard]] ActivityCounts share(const ActivityCounts& counts, std::int64_t elapsed, std::int64_t total) {
    ActivityCounts part;
    for (std::size_t i = 0; i < activity_count; ++i) {
        const auto activity = static_cast<Activity>(i);
        const double exact = static_cast<double>(counts[activity]) * static_cast<double>(elapsed) / static_cast<double>(total);
        part.record(activity, elapsed == total ? counts[activity] : static_cast<std::uint64_t>(exact));
    }
    return part;
}

}  // namespace

void ActivityWindows::add(const StepEvent& step) {
    const std::int64_t busy = std::clamp(step.busy_until, step.start + 1, std::max(step.end, step.start + 1));
    ActivityCounts given;
    for (std::int64_t time = step.start; time < busy;) {
        emit_until(time);
        const std::int64_t until = std::min(busy, start_ + length_);
        const ActivityCounts so_far = share(step.activity, until - step.start, busy - step.start);
        counts_ += so_far;
        counts_ -= given;
        given = so_far;
        time = until;
    }
}

void ActivityWindows::finish(std::int64_t end) {
    emit_until(end);
    if (end > start_) emit(end);
}

void ActivityWindows::emit_until(std::int64_t time) {
    while (start_ + length_ <= time) emit(start_ + length_);
}

void ActivityWindows::emit(std::int64_t end) {
    finished_({.start = to_time(start_), .duration = to_time(end - start_), .counts = counts_});
    counts_ = ActivityCounts{};
    start_ = end;
}

}  // namespace spikefab
