// SPDX-License-Identifier: Apache-2.0
// The human brain's power budget, the line that stands beside the GPUs.
#pragma once

#include "base/quantity.hpp"

#include <array>
#include <string_view>

namespace spikefab {

/// One term of the budget; the terms are nested views of the same brain, not parts that sum to the total.
struct BrainPower {
    std::string_view what;
    Power power;
    std::string_view source;
};

inline constexpr std::array<BrainPower, 3> brain_power{
    {{"whole brain, glucose", Power{20e3}, "\"oft-quoted 20 W of glucose\": Levy & Calvert 2021, 10.1073/pnas.2008173118"},
     {"long-distance communication, cortex, ATP", Power{3.5e3}, "Levy & Calvert 2021, 10.1073/pnas.2008173118"},
     {"computation, cortex, ATP", Power{0.1e3}, "Levy & Calvert 2021, 10.1073/pnas.2008173118"}}};

}  // namespace spikefab
