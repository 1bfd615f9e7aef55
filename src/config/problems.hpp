// SPDX-License-Identifier: Apache-2.0
// Mistakes of a configuration, collected so that a person sees all of them at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::config {

/// Where something was written. `file` is a path, or "--set" for the command line; lines and columns count from 1.
struct Origin {
    std::shared_ptr<const std::string> file;
    int line = 0;
    int column = 0;

    [[nodiscard]] std::string text() const;
};

/// `<file>:<line>:<column>: <path>: <problem> (<why>); <suggestion>`
struct Problem {
    Origin origin;
    std::string path;
    std::string problem;
    std::string why;
    std::string suggestion;

    [[nodiscard]] std::string text() const;
};

class Problems final {
public:
    void add(Problem problem);
    [[nodiscard]] bool empty() const { return problems_.empty(); }
    [[nodiscard]] std::string text() const;
    /// InputError with every problem, one a line, when there is any.
    void raise() const;

private:
    std::vector<Problem> problems_;
};

}  // namespace spikefab::config
