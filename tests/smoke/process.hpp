// SPDX-License-Identifier: Apache-2.0
// Runs a program as a shell would, with its own streams, limits and a time after which it is killed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace spikefab::smoke {

struct Command {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::filesystem::path folder;               ///< where it runs; empty: here
    std::filesystem::path out;                  ///< where its standard output goes; empty: into the outcome
    std::filesystem::path err;                  ///< the same for standard error
    std::optional<std::uint64_t> largest_file;  ///< bytes; a longer one fails to be written, as on a full disk
    std::chrono::seconds time_limit{500};       ///< ends what hangs; generous, for busy machines and sanitizers
};

struct Outcome {
    int exit_code = -1;  ///< -1: ended by a signal
    int signal = 0;      ///< which one; SIGKILL after the time limit
    std::string out;
    std::string err;
};

[[nodiscard]] std::string describe(const Outcome& outcome);

/// A program that runs. It is killed when this goes out of scope.
class Process final {
public:
    explicit Process(const Command& command);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    /// Waits until `condition` holds; false when the program ends first or the time limit passes.
    [[nodiscard]] bool wait_for(const std::function<bool()>& condition);
    void send(int signal) const;
    /// Waits for the end.
    [[nodiscard]] Outcome finish();

private:
    [[nodiscard]] bool has_ended();

    std::filesystem::path streams_;
    std::chrono::steady_clock::time_point deadline_;
    ::pid_t pid_ = -1;
    std::optional<int> status_;
};

[[nodiscard]] Outcome run(const Command& command);

}  // namespace spikefab::smoke
