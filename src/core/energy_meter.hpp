// SPDX-License-Identifier: Apache-2.0
// Whole attojoules of a growing energy, so that no fraction is lost from one reading to the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace spikefab {

class EnergyMeter final {
public:
    /// Adds an energy; returns the whole attojoules that are new.
    std::uint64_t add(double joules) {
        total_ += joules / 1e-18;
        const auto whole = static_cast<std::uint64_t>(std::max(0.0, std::round(total_)));
        const std::uint64_t fresh = whole > counted_ ? whole - counted_ : 0;
        counted_ += fresh;
        return fresh;
    }

private:
    double total_ = 0.0;
    std::uint64_t counted_ = 0;
};

}  // namespace spikefab
