// SPDX-License-Identifier: Apache-2.0
// fork, exec, waitpid.
#include "base/error.hpp"
#include "sweep/executor.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

namespace spikefab {
namespace {

constexpr int cannot_execute = 127;  // the shell's code for it
constexpr std::chrono::milliseconds nap{10};

/// Becomes the command; only async-signal-safe calls from here on.
[[noreturn]] void become(char* const* arguments, int log, int nowhere, int inherit, pid_t parent) {
    setpgid(0, 0);                      // Ctrl-C reaches the sweep, which then decides
    prctl(PR_SET_PDEATHSIG, SIGKILL);   // the sweep may be killed without notice
    if (getppid() != parent) _exit(1);  // it was, before the line above
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (inherit >= 0) fcntl(inherit, F_SETFD, 0);
    execvp(arguments[0], arguments);
    constexpr char message[] = "cannot execute the program\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message, sizeof message - 1);
    _exit(cannot_execute);
}

[[nodiscard]] JobOutcome outcome_of(std::size_t number, int status) {
    if (WIFSIGNALED(status)) return {.number = number, .exit_code = -1, .signal = WTERMSIG(status)};
    return {.number = number, .exit_code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

void LocalExecutor::start(const Job& job) {
    std::vector<std::string> copies = job.command;
    std::vector<char*> arguments;
    for (std::string& argument : copies) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int log = ::open(job.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const pid_t parent = getpid();
    const pid_t child = log < 0 ? -1 : fork();
    if (child == 0) become(arguments.data(), log, nowhere, job.inherit, parent);
    const int code = errno;
    ::close(nowhere);
    if (log >= 0) ::close(log);
    if (child < 0)
        throw SimulationError{fmt::format("cannot start '{}' with log '{}': {}", job.command.front(), job.log.string(),
                                          std::error_code{code, std::generic_category()}.message())};
    running_[child] = job.number;
}

std::optional<JobOutcome> LocalExecutor::wait(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        for (const auto& [process, number] : running_) {
            int status = 0;
            if (waitpid(process, &status, WNOHANG) != process) continue;
            const JobOutcome outcome = outcome_of(number, status);
            running_.erase(process);
            return outcome;
        }
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(nap);
    }
}

void LocalExecutor::stop_all() {
    for (const auto& [process, number] : running_) kill(-process, SIGKILL);
    for (const auto& [process, number] : running_) {
        kill(process, SIGKILL);  // before setpgid it has no group of its own
        int status = 0;
        while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
    }
    running_.clear();
}

}  // namespace spikefab
