// SPDX-License-Identifier: Apache-2.0
// Who runs the points. The local executor starts processes on this computer; one for a cluster's queue would submit.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// A command to run. What it prints to stderr goes to `log`; its stdout is dropped.
struct Job {
    std::size_t number = 0;  ///< the caller's, given back with the outcome
    std::vector<std::string> command;
    std::filesystem::path log;
    int inherit = -1;  ///< a file descriptor that the process keeps open (its claim), or -1
};

struct JobOutcome {
    std::size_t number = 0;
    int exit_code = -1;  ///< -1: ended by `signal`
    int signal = 0;
};

class Executor {
public:
    virtual ~Executor() = default;
    /// How many more jobs may be started now.
    [[nodiscard]] virtual std::size_t room() const = 0;
    [[nodiscard]] virtual bool busy() const = 0;
    virtual void start(const Job& job) = 0;
    /// A job that ended, or nothing within `patience`.
    [[nodiscard]] virtual std::optional<JobOutcome> wait(std::chrono::milliseconds patience) = 0;
    /// Ends every job that runs; they have no outcome.
    virtual void stop_all() = 0;
};

/// Child processes, at most `jobs` at a time. They end with this process, however it ends. Use from one thread.
class LocalExecutor final : public Executor {
public:
    explicit LocalExecutor(std::size_t jobs) : jobs_{jobs} {}
    LocalExecutor(const LocalExecutor&) = delete;
    LocalExecutor& operator=(const LocalExecutor&) = delete;
    ~LocalExecutor() override { stop_all(); }

    [[nodiscard]] std::size_t room() const override { return jobs_ - running_.size(); }
    [[nodiscard]] bool busy() const override { return !running_.empty(); }
    void start(const Job& job) override;
    [[nodiscard]] std::optional<JobOutcome> wait(std::chrono::milliseconds patience) override;
    void stop_all() override;

private:
    std::size_t jobs_;
    std::map<int, std::size_t> running_;  ///< process -> job number
};

}  // namespace spikefab
