// SPDX-License-Identifier: Apache-2.0
// Promises between parts of the program: broken ones abort in debug builds and cost nothing in release.
#pragma once

#include <cassert>

namespace spikefab {

constexpr void expects([[maybe_unused]] bool promise) {
    assert(promise && "a precondition does not hold");
}
constexpr void ensures([[maybe_unused]] bool promise) {
    assert(promise && "a postcondition does not hold");
}

}  // namespace spikefab
