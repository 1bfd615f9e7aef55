// SPDX-License-Identifier: Apache-2.0
// What a person sees when a run ends.
#pragma once

#include "report/run_result.hpp"

#include <string>

namespace spikefab {

/// A table of at most 100 columns: accuracy, energy, latency, power first, then the GPUs with batch, precision and what
/// is included, then the brain, then notes.
[[nodiscard]] std::string run_table(const RunResult& run);

}  // namespace spikefab
