// SPDX-License-Identifier: Apache-2.0
// The kinds of failure a person can meet, each with its exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace spikefab {

/// What the person gave is wrong: exit code 2. The message says what was expected and what to do.
class InputError final : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The simulation itself cannot go on (deadlock, full disk): exit code 1.
class SimulationError final : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class ExitCode { done = 0, failed = 1, bad_input = 2, interrupted = 130 };

}  // namespace spikefab
