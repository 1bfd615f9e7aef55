// SPDX-License-Identifier: Apache-2.0
// Plots as SVG files, drawn by gnuplot.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace spikefab::cli {

struct Plot {
    std::string title, x, y;  ///< the axes' labels
    bool log_x = false;
    bool markers = true;
    std::vector<std::pair<double, double>> points;
};

/// InputError when gnuplot is not installed.
void require_plotter();

/// SimulationError when the file cannot be written.
void draw(const std::filesystem::path& file, const Plot& plot);

}  // namespace spikefab::cli
