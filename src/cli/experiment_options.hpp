// SPDX-License-Identifier: Apache-2.0
// The options that say what to run: an experiment file, `--set`, and shorthands that stand for either.
#pragma once

#include "config/tree.hpp"
#include "run/experiment.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace spikefab::cli {

struct ExperimentOptions {
    std::filesystem::path file;
    std::vector<std::string> assignments;
    std::string chip, network, input, labels, encoding, dt, reset, traces;
    std::uint32_t steps = 0;
    std::uint32_t count = 0;
    bool host_power = false;

    void add_to(CLI::App& command);
    /// The experiment that the options describe; InputError with every mistake.
    [[nodiscard]] Experiment read() const;
    /// The configuration as written, with everything that the options lay over it.
    [[nodiscard]] config::Tree tree() const;
};

}  // namespace spikefab::cli
