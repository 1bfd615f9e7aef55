// SPDX-License-Identifier: Apache-2.0
// A forked child that sends its result through a pipe: one byte of outcome, then the bytes of the result or the message.
#include "network/guarded.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace spikefab {
namespace {

enum class Outcome : std::uint8_t { done = 'd', wrong_input = 'w' };

/// Address space in use, from /proc/self/statm (in pages; proc(5)); 0 when it cannot be told.
std::uint64_t address_space() {
    std::ifstream file{"/proc/self/statm"};
    std::uint64_t pages = 0;
    file >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit_memory([[maybe_unused]] std::uint64_t extra_bytes) {
#ifndef __SANITIZE_ADDRESS__  // the sanitizer itself reserves terabytes of addresses
    if (const std::uint64_t used = address_space(); used != 0) {
        const rlimit limit{used + extra_bytes, used + extra_bytes};
        setrlimit(RLIMIT_AS, &limit);
    }
#endif
}

/// Dies of SIGPROF after so much processor time.
void limit_time(double seconds) {
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(seconds);
    timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1e6);
    signal(SIGPROF, SIG_DFL);
    setitimer(ITIMER_PROF, &timer, nullptr);
}

/// Crashes are expected here: no core files, and no words of the C library about them.
void be_quiet() {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    for (const int cause : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) signal(cause, SIG_DFL);
}

bool send(int pipe, const void* data, std::size_t size) {
    const char* from = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t sent = write(pipe, from, size);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        from += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

[[noreturn]] void be_the_child(int pipe, const std::function<std::vector<std::uint8_t>()>& action, const GuardLimits& limits) {
    be_quiet();
    limit_memory(limits.extra_bytes);
    limit_time(limits.cpu_seconds);
    Outcome outcome = Outcome::done;
    std::vector<std::uint8_t> result;
    try {
        result = action();
    } catch (const InputError& error) {
        outcome = Outcome::wrong_input;
        const std::string_view message = error.what();
        result.assign(message.begin(), message.end());
    } catch (const std::bad_alloc&) {
        _exit(2);
    }
    const bool sent = send(pipe, &outcome, 1) && send(pipe, result.data(), result.size());
    _exit(sent ? 0 : 1);  // no destructors: they belong to the parent
}

std::vector<std::uint8_t> receive(int pipe) {
    std::vector<std::uint8_t> bytes;
    std::array<std::uint8_t, 65536> chunk{};
    while (true) {
        const ssize_t got = read(pipe, chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return bytes;
        bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + got);
    }
}

std::string reason_of(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 2 ? "it needs too much memory" : "it cannot be read";
    if (WTERMSIG(status) == SIGPROF) return "reading it does not come to an end";
    return fmt::format("reading it crashes with '{}'", strsignal(WTERMSIG(status)));
}

}  // namespace

std::vector<std::uint8_t> run_guarded(const std::function<std::vector<std::uint8_t>()>& action, const GuardLimits& limits,
                                      const std::string& complaint) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw SimulationError{fmt::format("cannot make a pipe ({})", std::strerror(errno))};
    std::fflush(nullptr);  // or the child might print buffered text again
    const pid_t child = fork();
    if (child < 0) throw SimulationError{fmt::format("cannot start a process ({})", std::strerror(errno))};
    if (child == 0) be_the_child(ends[1], action, limits);
    close(ends[1]);
    std::vector<std::uint8_t> bytes = receive(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || bytes.empty())
        throw InputError{fmt::format("{} ({})", complaint, reason_of(status))};
    const auto outcome = static_cast<Outcome>(bytes.front());
    bytes.erase(bytes.begin());
    if (outcome != Outcome::done) throw InputError{std::string{bytes.begin(), bytes.end()}};
    return bytes;
}

}  // namespace spikefab
