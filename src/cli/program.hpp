// SPDX-License-Identifier: Apache-2.0
// The command line: parses, runs the command that was named, turns failures into messages and exit codes.
#pragma once

#include "base/error.hpp"

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace spikefab::cli {

class Program final {
public:
    Program();
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// A command `name` that does `run` when it is named; options are added to what this returns.
    CLI::App& command(const std::string& name, const std::string& description, std::function<ExitCode()> run);

    /// Exit code of the process: 0 done, 1 the simulation failed, 2 the input is wrong, 130 interrupted.
    [[nodiscard]] int main(int argc, char** argv);

private:
    /// What to say of a first word that is no command.
    [[nodiscard]] std::string unknown_command(const std::string& name) const;

    std::unique_ptr<CLI::App> app_;
    std::function<ExitCode()> chosen_;
};

/// True once Ctrl-C (SIGINT) or SIGTERM has come; a second one ends the process at once.
[[nodiscard]] bool interrupted();
/// Makes `interrupted` work.
void catch_interrupts();

}  // namespace spikefab::cli
