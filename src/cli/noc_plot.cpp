// SPDX-License-Identifier: Apache-2.0
// Points into plots.
#include "cli/noc_plot.hpp"

namespace spikefab::cli {

void plot_latency(const std::filesystem::path& file, const std::vector<NocPoint>& points, const std::string& title) {
    Plot plot{.title = title, .x = "accepted packets per core and tick", .y = "mean latency (ticks)", .points = {}};
    for (const NocPoint& point : points)
        if (!point.saturated) plot.points.emplace_back(point.accepted, point.latency);
    draw(file, plot);
}

void plot_steps(const std::filesystem::path& file, const std::vector<StepPoint>& points, const std::string& title) {
    Plot plot{.title = title, .x = "step", .y = "mean latency of its packets (ticks)", .markers = false, .points = {}};
    for (const StepPoint& point : points) plot.points.emplace_back(static_cast<double>(point.step), point.latency);
    draw(file, plot);
}

}  // namespace spikefab::cli
