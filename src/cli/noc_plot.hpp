// SPDX-License-Identifier: Apache-2.0
// The latency plot of `spikefab noc`.
#pragma once

#include "cli/plot.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace spikefab::cli {

struct NocPoint {
    double offered = 0.0;   ///< packets per core and tick
    double accepted = 0.0;  ///< packets per core and tick
    double latency = 0.0;   ///< mean, ticks
    bool saturated = false;
};

/// Mean latency against accepted rate of the points below saturation, as an SVG. SimulationError when it cannot be written.
void plot_latency(const std::filesystem::path& file, const std::vector<NocPoint>& points, const std::string& title);

}  // namespace spikefab::cli
