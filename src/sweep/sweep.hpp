// SPDX-License-Identifier: Apache-2.0
// Runs the points that are missing and makes the table of all. What is stored decides: interrupted, killed or started
// twice at once, a sweep ends in the same table.
#pragma once

#include "sweep/executor.hpp"
#include "sweep/point_store.hpp"
#include "sweep/sampler.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace spikefab {

/// How a point is run, and the hash of everything that decides its result.
struct ResolvedPoint {
    std::string key;
    /// The command that writes the run's folder to the given path (PointStore::result_folder).
    std::vector<std::string> command;
    /// What PointStore::configuration(key) is to hold when the command starts; empty: the command does not need it.
    std::string configuration{};
};

struct SweepOptions {
    bool retry_failed = false;  ///< run again what failed; otherwise a failure is a result
    std::function<bool()> stop_requested = [] { return false; };
    std::function<void(const std::string&)> progress = [](const std::string&) {};
    std::chrono::milliseconds patience{200};  ///< how long to wait before looking again at a point that another process runs
};

struct SweepResult {
    std::vector<PointOutcome>
        outcomes;         ///< in the sampler's order; after an interruption, points may lack both result and reason
    std::size_t ran = 0;  ///< by this call; the others were there
    bool interrupted = false;
};

/// `resolve` throws InputError for a point that makes no sense: that is the point's failure.
[[nodiscard]] SweepResult run_sweep(Sampler& sampler, Executor& executor, const PointStore& store,
                                    const std::function<ResolvedPoint(const Point&)>& resolve,
                                    const SweepOptions& options = {});

/// A CSV with one row per point: settings, `columns` of run.json (empty where absent), status (done, failed, missing), reason.
[[nodiscard]] std::string sweep_csv(const std::vector<PointOutcome>& outcomes, const std::vector<std::string>& columns);

/// The same for people, aligned, numbers to four digits.
[[nodiscard]] std::string sweep_table(const std::vector<PointOutcome>& outcomes, const std::vector<std::string>& columns);

}  // namespace spikefab
