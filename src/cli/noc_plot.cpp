// SPDX-License-Identifier: Apache-2.0
// The latency plot of `spikefab noc`.
#include "cli/noc_plot.hpp"

namespace spikefab::cli {

void plot_latency(const std::filesystem::path& file, const std::vector<NocPoint>& points, const std::string& title) {
    Plot plot{.title = title, .x = "accepted packets per core and tick", .y = "mean latency (ticks)", .points = {}};
    for (const NocPoint& point : points)
        if (!point.saturated) plot.points.emplace_back(point.accepted, point.latency);
    draw(file, plot);
}

}  // namespace spikefab::cli
