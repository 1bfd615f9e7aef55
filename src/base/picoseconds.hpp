// SPDX-License-Identifier: Apache-2.0
// Time inside a simulated chip: whole picoseconds.
#pragma once

#include "base/quantity.hpp"

#include <cmath>
#include <cstdint>

namespace spikefab {

using Picoseconds = std::int64_t;

[[nodiscard]] inline Picoseconds to_picoseconds(Time time) {
    return std::llround(time.value() * 1e3);
}
[[nodiscard]] constexpr Time to_time(Picoseconds picoseconds) {
    return Time{static_cast<double>(picoseconds) * 1e-3};
}

}  // namespace spikefab
