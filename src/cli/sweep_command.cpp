// SPDX-License-Identifier: Apache-2.0
// `spikefab sweep`: every combination of a sweep file's values, one process each.
#include "cli/commands.hpp"
#include "cli/sweep_points.hpp"
#include "config/reader.hpp"
#include "observe/output_file.hpp"
#include "sweep/sweep.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

namespace spikefab::cli {
namespace {

struct SweepCommandOptions {
    std::filesystem::path file;
    std::filesystem::path out;
    std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
    bool retry_failed = false;
};

/// Replaces `path` in one go: a reader sees the old table or the new one.
void write_table(const std::filesystem::path& path, const std::string& text) {
    const std::filesystem::path unfinished = path.string() + ".new";
    OutputFile file{unfinished};
    file.write(text);
    file.close();
    std::filesystem::rename(unfinished, path);
}

[[nodiscard]] std::size_t count_failed(const SweepResult& result) {
    return static_cast<std::size_t>(std::count_if(result.outcomes.begin(), result.outcomes.end(),
                                                  [](const PointOutcome& each) { return !each.reason.empty(); }));
}

void tell(const std::string& text) {
    fmt::print(stderr, "{}\n", text);
}

ExitCode sweep(const SweepCommandOptions& options) {
    catch_interrupts();
    const SweepPoints points{options.file};
    const std::filesystem::path folder =
        options.out.empty() ? std::filesystem::path{"runs"} / "sweeps" / points.file().name : options.out;
    const PointStore store{folder / "points"};
    GridSampler sampler{points.file().values};
    LocalExecutor executor{options.jobs};
    const SweepResult result =
        run_sweep(sampler, executor, store, [&](const Point& point) { return points.resolve(point, store); },
                  {.retry_failed = options.retry_failed, .stop_requested = interrupted, .progress = tell});

    write_table(folder / "table.csv", sweep_csv(result.outcomes, points.file().columns));
    fmt::print("{}\ntable: {}\n", sweep_table(result.outcomes, points.file().columns), (folder / "table.csv").string());
    const std::size_t failed = count_failed(result);
    tell(fmt::format("{} points: {} run now, {} there before, {} failed", result.outcomes.size(), result.ran,
                     result.outcomes.size() - result.ran, failed));
    if (result.interrupted) return ExitCode::interrupted;
    return failed == result.outcomes.size() ? ExitCode::failed : ExitCode::done;
}

}  // namespace

void add_sweep_command(Program& program) {
    auto options = std::make_shared<SweepCommandOptions>();
    CLI::App& command = program.command("sweep", "run every combination of a sweep file's values; again: only what is missing",
                                        [options] { return sweep(*options); });
    command.add_option("sweep", options->file, "sweep file (configs/sweeps)")->required();
    command.add_option("-j,--jobs", options->jobs, "runs at a time (default: one per processor)")->check(CLI::Range(1, 4096));
    command.add_option("--out", options->out,
                       "folder for points and table.csv (default: runs/sweeps/NAME); kept between calls");
    command.add_flag("--retry-failed", options->retry_failed, "run again what failed before");
}

}  // namespace spikefab::cli
