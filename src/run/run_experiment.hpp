// SPDX-License-Identifier: Apache-2.0
// One experiment, from its description to its result and its files.
#pragma once

#include "report/run_result.hpp"
#include "run/experiment.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace spikefab {

/// How the caller follows and stops a run.
struct RunCallbacks {
    /// A line about what goes on ("placed on 12 of 128 cores").
    std::function<void(const std::string& message)> message = [](const std::string&) {};
    std::function<void(std::uint64_t done, std::uint64_t steps)> progress = [](std::uint64_t, std::uint64_t) {};
    std::function<bool()> stop_requested = [] { return false; };
    std::filesystem::path record{};  ///< a vector file to keep the whole run in (docs/vectors.md); empty: none
};

/// Runs `experiment` and writes its traces, run.json and config.resolved.yaml into `folder`, which must exist. A run that
/// was stopped is written as far as it came and marked partial. InputError and SimulationError as everywhere.
[[nodiscard]] RunResult run_experiment(const Experiment& experiment, const std::filesystem::path& folder,
                                       const RunCallbacks& callbacks);

}  // namespace spikefab
