// SPDX-License-Identifier: Apache-2.0
// Drawing progress without asking the clock at every step.
#include "cli/progress.hpp"

#include "cli/console.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace spikefab::cli {
namespace {

constexpr double terminal_interval = 0.1;  // seconds between two drawings
constexpr double plain_interval = 10.0;
constexpr int bar_width = 30;

}  // namespace

Progress::Progress() : terminal_{isatty(STDERR_FILENO) == 1}, begin_{std::chrono::steady_clock::now()}, last_{begin_} {}

Progress::~Progress() {
    if (drawn_) say("\r\033[K");
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
    if (--calls_until_look_ > 0 && done != total) return;
    calls_until_look_ = 16;
    const auto now = std::chrono::steady_clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    if (since < (terminal_ ? terminal_interval : plain_interval)) return;
    last_ = now;
    draw(done, total, std::chrono::duration<double>(now - begin_).count());
}

void Progress::draw(std::uint64_t done, std::uint64_t total, double elapsed) {
    const double share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
    const double rate = static_cast<double>(done) / elapsed;
    const double left = rate > 0.0 ? static_cast<double>(total - done) / rate : 0.0;
    const std::string figures = fmt::format("{}/{} steps, {:.4g} steps/s, {:.0f} s left", done, total, rate, left);
    if (!terminal_) {
        say(fmt::format("{:3.0f} % {}\n", 100.0 * share, figures));
        return;
    }
    const int full = static_cast<int>(share * bar_width);
    say(fmt::format("\r[{:#<{}}{:.<{}}] {}\033[K", "", full, "", bar_width - full, figures));
    drawn_ = true;
}

void Progress::message(const std::string& text) {
    if (drawn_) say("\r\033[K");
    drawn_ = false;
    say(text + "\n");
}

}  // namespace spikefab::cli
