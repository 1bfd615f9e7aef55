// SPDX-License-Identifier: Apache-2.0
// A spike of a neuron in continuous time.
#pragma once

#include <cstdint>

namespace spikefab {

/// A spike between steps.
struct TimedSpike {
    double time = 0.0;  ///< s
    std::uint32_t neuron = 0;
    std::int32_t payload = 1;
    bool operator==(const TimedSpike&) const = default;
};

}  // namespace spikefab
