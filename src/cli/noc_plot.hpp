// SPDX-License-Identifier: Apache-2.0
// The plots of `spikefab noc`.
#pragma once

#include "cli/plot.hpp"

#include <cstdint>
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

struct StepPoint {
    std::uint64_t step = 0;
    double latency = 0.0;  ///< mean, ticks
};

/// Mean latency of every step's packets.
void plot_steps(const std::filesystem::path& file, const std::vector<StepPoint>& points, const std::string& title);

}  // namespace spikefab::cli
