// SPDX-License-Identifier: Apache-2.0
// run.json, schema "spikefab.run.v1" (docs/formats.md).
#pragma once

#include "report/run_result.hpp"

#include <string>

namespace spikefab {

inline constexpr std::string_view run_schema = "spikefab.run.v1";

/// The whole document with a final newline. Energies are decimal numbers whose components sum to the total digit for
/// digit; apart from `host` the text is a function of the configuration, the inputs and the seed.
[[nodiscard]] std::string run_json(const RunResult& run);

}  // namespace spikefab
