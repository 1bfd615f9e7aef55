// SPDX-License-Identifier: Apache-2.0
// Writes a gnuplot script and feeds it to gnuplot.
#include "cli/plot.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cmath>
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

[[nodiscard]] std::string script_of(const std::filesystem::path& file, const Plot& plot) {
    std::string script = fmt::format("set terminal svg size 720,480 dynamic\nset output {}\nset title {} noenhanced\n",
                                     quoted(file.string()), quoted(plot.title));
    script += fmt::format("set xlabel {} noenhanced\nset ylabel {} noenhanced\nset grid\nunset key\n", quoted(plot.x),
                          quoted(plot.y));
    if (plot.log_x) script += "set logscale x\n";
    script += fmt::format("plot '-' with {} linewidth 2{}\n", plot.markers ? "linespoints" : "lines",
                          plot.markers ? " pointtype 7" : "");
    for (const auto& [x, y] : plot.points)
        if (std::isfinite(x) && std::isfinite(y)) script += fmt::format("{} {}\n", x, y);
    return script + "e\n";
}

}  // namespace

void require_plotter() {
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0)  // NOLINT: a fixed command
        throw InputError{"--plot needs gnuplot; install Debian's package gnuplot-nox, or leave --plot out"};
}

void draw(const std::filesystem::path& file, const Plot& plot) {
    const auto close = [](std::FILE* pipe) { return pipe == nullptr ? 0 : pclose(pipe); };
    std::unique_ptr<std::FILE, decltype(close)> pipe{popen("gnuplot 2>/dev/null", "w"), close};
    if (!pipe) throw SimulationError{"cannot start gnuplot"};
    const std::string script = script_of(file, plot);
    const bool written = std::fwrite(script.data(), 1, script.size(), pipe.get()) == script.size();
    if (const int status = pclose(pipe.release()); !written || status != 0)
        throw SimulationError{fmt::format("{}: gnuplot could not write the plot", file.string())};
}

}  // namespace spikefab::cli
