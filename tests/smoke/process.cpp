// SPDX-License-Identifier: Apache-2.0
// fork, exec and wait.
#include "smoke/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spikefab::smoke {
namespace {

constexpr int could_not_start = 127;

std::string content(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

std::filesystem::path fresh_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "spikefab-streams-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make " + name};
    return name;
}

void redirect(int stream, const std::filesystem::path& file, int how) {
    const int opened = ::open(file.c_str(), how, 0600);
    if (opened < 0 || ::dup2(opened, stream) < 0) ::_exit(could_not_start);
}

/// What the child does: its streams, folder and limits, then the program.
[[noreturn]] void become(const Command& command, const std::filesystem::path& streams, std::vector<char*> arguments) {
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    redirect(STDOUT_FILENO, command.out.empty() ? streams / "out" : command.out, O_WRONLY | O_CREAT);
    redirect(STDERR_FILENO, command.err.empty() ? streams / "err" : command.err, O_WRONLY | O_CREAT);
    if (!command.folder.empty() && ::chdir(command.folder.c_str()) != 0) ::_exit(could_not_start);
    if (command.largest_file) {
        const ::rlimit limit{*command.largest_file, *command.largest_file};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, SIG_IGN);  // so that write() fails, as it does on a full disk
    }
    ::execv(command.program.c_str(), arguments.data());
    ::_exit(could_not_start);
}

}  // namespace

std::string describe(const Outcome& outcome) {
    return fmt::format("exit code {}, signal {}\n--- stdout\n{}\n--- stderr\n{}", outcome.exit_code, outcome.signal,
                       outcome.out, outcome.err);
}

Process::Process(const Command& command)
    : streams_{fresh_folder()}, deadline_{std::chrono::steady_clock::now() + command.time_limit} {
    std::vector<std::string> words{command.program.string()};
    std::ranges::copy(command.arguments, std::back_inserter(words));
    std::vector<char*> arguments;
    std::ranges::transform(words, std::back_inserter(arguments), [](std::string& word) { return word.data(); });
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (pid_ == 0) become(command, streams_, std::move(arguments));
}

Process::~Process() {
    if (!status_) {
        send(SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(streams_, ignored);
}

bool Process::has_ended() {
    if (status_) return true;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_.has_value();
}

bool Process::wait_for(const std::function<bool()>& condition) {
    while (!condition()) {
        if (has_ended() || std::chrono::steady_clock::now() > deadline_) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

void Process::send(int signal) const {
    ::kill(pid_, signal);
}

Outcome Process::finish() {
    if (!wait_for([&] { return has_ended(); })) send(SIGKILL);
    if (!status_) {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        status_ = status;
    }
    return {.exit_code = WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -1,
            .signal = WIFSIGNALED(*status_) ? WTERMSIG(*status_) : 0,
            .out = content(streams_ / "out"),
            .err = content(streams_ / "err")};
}

Outcome run(const Command& command) {
    return Process{command}.finish();
}

}  // namespace spikefab::smoke
