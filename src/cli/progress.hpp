// SPDX-License-Identifier: Apache-2.0
// Progress on stderr: a bar with rate and time left on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace spikefab::cli {

class Progress final {
public:
    Progress();
    /// Clears the bar, if one stands there.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::uint64_t done, std::uint64_t total);
    void message(const std::string& text);

private:
    void draw(std::uint64_t done, std::uint64_t total, double elapsed);

    bool terminal_;
    bool drawn_ = false;
    std::uint64_t calls_until_look_ = 1;
    std::chrono::steady_clock::time_point begin_;
    std::chrono::steady_clock::time_point last_;
};

}  // namespace spikefab::cli
