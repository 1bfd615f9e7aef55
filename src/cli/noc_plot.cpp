// SPDX-License-Identifier: Apache-2.0
// Writes a gnuplot script and feeds it to gnuplot.
#include "cli/noc_plot.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace spikefab::cli {
namespace {

[[nodiscard]] std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) result += letter == '\'' ? std::string{"''"} : std::string{letter};
    return result + "'";
}

}  // namespace

void require_plotter() {
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0)  // NOLINT: a fixed command
        throw InputError{"--plot needs gnuplot; install Debian's package gnuplot-nox, or leave --plot out"};
}

void plot_latency(const std::filesystem::path& file, const std::vector<NocPoint>& points, const std::string& title) {
    const auto close = [](std::FILE* pipe) { return pipe == nullptr ? 0 : pclose(pipe); };
    std::unique_ptr<std::FILE, decltype(close)> pipe{popen("gnuplot 2>/dev/null", "w"), close};
    if (!pipe) throw SimulationError{"cannot start gnuplot"};
    std::string script = fmt::format("set terminal svg size 720,480 dynamic\nset output {}\nset title {} noenhanced\n",
                                     quoted(file.string()), quoted(title));
    script += "set xlabel 'accepted packets per core and tick'\nset ylabel 'mean latency (ticks)'\nset grid\nunset key\n";
    script += "plot '-' with linespoints linewidth 2 pointtype 7\n";
    for (const NocPoint& point : points)
        if (!point.saturated) script += fmt::format("{} {}\n", point.accepted, point.latency);
    script += "e\n";
    const bool written = std::fwrite(script.data(), 1, script.size(), pipe.get()) == script.size();
    if (const int status = pclose(pipe.release()); !written || status != 0)
        throw SimulationError{fmt::format("{}: gnuplot could not write the plot", file.string())};
}

}  // namespace spikefab::cli
