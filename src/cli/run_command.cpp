// SPDX-License-Identifier: Apache-2.0
// `spikefab run`: one experiment on one chip.
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/error_place.hpp"
#include "cli/experiment_options.hpp"
#include "cli/progress.hpp"
#include "report/run_folder.hpp"
#include "report/run_json.hpp"
#include "report/run_table.hpp"
#include "run/run_experiment.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

namespace spikefab::cli {
namespace {

struct RunOptions {
    ExperimentOptions experiment;
    std::filesystem::path out;
    std::filesystem::path record;
    bool json = false;
};

[[nodiscard]] RunResult run_with_progress(const Experiment& experiment, const std::filesystem::path& folder,
                                          const std::filesystem::path& record) {
    Progress progress;
    const RunCallbacks callbacks{
        .message = [&progress](const std::string& text) { progress.message(text); },
        .progress = [&progress](std::uint64_t done, std::uint64_t steps) { progress.update(done, steps); },
        .stop_requested = [] { return interrupted(); },
        .record = record};
    return run_experiment(experiment, folder, callbacks);
}

[[nodiscard]] std::string text_of(const RunResult& result, const std::filesystem::path& folder, bool json) {
    return json ? run_json(result) : run_table(result) + fmt::format("\nfiles: {}\n", folder.string());
}

ExitCode run(const RunOptions& options) {
    catch_interrupts();
    const config::Tree tree = options.experiment.tree();
    const Experiment experiment = read_experiment(tree);
    place_errors(tree, experiment_subjects, [&] { check(experiment); });
    RunFolder folder = options.out.empty() ? RunFolder::create_fresh("runs", experiment.name) : RunFolder::create(options.out);
    const RunResult result =
        place_errors(tree, experiment_subjects, [&] { return run_with_progress(experiment, folder.path(), options.record); });
    folder.commit();
    print_result(text_of(result, folder.target(), options.json));
    return result.partial ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

void add_run_command(Program& program) {
    auto options = std::make_shared<RunOptions>();
    CLI::App& command = program.command("run", "simulate an experiment", [options] { return run(*options); });
    options->experiment.add_to(command);
    command.add_option("--out", options->out, "folder for the results; it must not exist (default: runs/NAME)");
    command.add_option("--record", options->record,
                       "keep the run as a vector, FILE.json or FILE.json.gz, that `spikefab verify` checks (large)");
    command.add_flag("--json", options->json, "print run.json instead of the table");
}

}  // namespace spikefab::cli
