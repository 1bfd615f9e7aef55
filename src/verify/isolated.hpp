// SPDX-License-Identifier: Apache-2.0
// Runs a check in a process of its own: a simulated chip can be made only once per process.
#pragma once

#include "verify/comparison.hpp"

#include <functional>

namespace spikefab::verify {

/// What `check` returns, from a child process. Its InputError and SimulationError are thrown here again; SimulationError
/// when the child ends otherwise.
[[nodiscard]] Verdict run_isolated(const std::function<Verdict()>& check);

}  // namespace spikefab::verify
