// SPDX-License-Identifier: Apache-2.0
// Activity per window of time, from activity per step. The events of a step are spread evenly over the part of the step
// in which the chip was busy; no event is lost or made by rounding.
#pragma once

#include "cost/energy.hpp"
#include "observe/run_observer.hpp"

#include <functional>
#include <vector>

namespace spikefab {

class ActivityWindows final {
public:
    /// `length` in picoseconds, > 0. `finished` is told of every window once no later step can add to it.
    ActivityWindows(std::int64_t length, std::function<void(const ActivityWindow&)> finished)
        : length_{length}, finished_{std::move(finished)} {}

    /// Steps must follow each other.
    void add(const StepEvent& step);
    /// Ends the last window at `end`.
    void finish(std::int64_t end);

private:
    void emit_until(std::int64_t time);
    void emit(std::int64_t end);

    std::int64_t length_;
    std::function<void(const ActivityWindow&)> finished_;
    std::int64_t start_ = 0;
    ActivityCounts counts_;
};

}  // namespace spikefab
