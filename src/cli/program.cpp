// SPDX-License-Identifier: Apache-2.0
// Parsing, exit codes and interrupts.
#include "cli/program.hpp"

#include "base/nearest.hpp"
#include "cli/console.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <atomic>
#include <csignal>
#include <new>
#include <string_view>
#include <vector>

namespace spikefab::cli {
namespace {

std::atomic<bool> interrupt_seen{false};

extern "C" void note_interrupt(int signal) {
    interrupt_seen = true;
    std::signal(signal, SIG_DFL);
}

[[nodiscard]] int failure(ExitCode code, std::string_view message) {
    say(fmt::format("spikefab: {}\n", message));
    return static_cast<int>(code);
}

}  // namespace

Program::Program()
    : app_{std::make_unique<CLI::App>(
          "Simulates neuromorphic chips at cycle level: spikes, latency, power and energy per inference.", "spikefab")} {
    app_->require_subcommand(1);
    app_->set_version_flag("--version", SPIKEFAB_VERSION);
    app_->failure_message(CLI::FailureMessage::help);
    app_->get_formatter()->column_width(34);
}

Program::~Program() = default;

CLI::App& Program::command(const std::string& name, const std::string& description, std::function<ExitCode()> run) {
    CLI::App* const command = app_->add_subcommand(name, description);
    command->callback([this, run = std::move(run)] { chosen_ = run; });
    return *command;
}

std::string Program::unknown_command(const std::string& name) const {
    std::vector<std::string> known;
    for (const CLI::App* command : app_->get_subcommands([](const CLI::App*) { return true; }))
        known.push_back(command->get_name());
    const std::string meant = nearest(name, known);
    return fmt::format(
        "there is no command '{}'; {}", name,
        meant.empty() ? fmt::format("known: {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", meant));
}

int Program::main(int argc, char** argv) {
    try {
        app_->parse(argc, argv);
        return static_cast<int>(chosen_());
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app_->exit(error);
        const std::string problem = app_->get_subcommands().empty() && argc > 1 ? unknown_command(argv[1]) : error.what();
        return failure(ExitCode::bad_input, problem + "\nrun `spikefab --help` or `spikefab COMMAND --help`");
    } catch (const InputError& error) {
        return failure(ExitCode::bad_input, error.what());
    } catch (const SimulationError& error) {
        return failure(ExitCode::failed, error.what());
    } catch (const std::bad_alloc&) {
        return failure(ExitCode::failed, "out of memory; use a smaller network or fewer cores");
    } catch (const std::exception& error) {
        return failure(ExitCode::failed, error.what());
    }
}

bool interrupted() {
    return interrupt_seen;
}

void catch_interrupts() {
    std::signal(SIGINT, note_interrupt);
    std::signal(SIGTERM, note_interrupt);
}

}  // namespace spikefab::cli
