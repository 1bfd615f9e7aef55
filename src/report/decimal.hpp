// SPDX-License-Identifier: Apache-2.0
// Numbers as results print them: decimal, rounded the same way everywhere, and energies whose parts sum exactly.
#pragma once

#include "cost/energy.hpp"

#include <map>
#include <string>

namespace spikefab {

/// `value` rounded to 12 significant digits: free of the last bits that a change of unit leaves.
[[nodiscard]] double rounded(double value);

/// The shortest text that reads back as `rounded(value)`.
[[nodiscard]] std::string decimal(double value);

/// An energy breakdown in J, every number a multiple of one power of ten and of at most 15 digits, so that the printed
/// components sum to the printed total digit for digit (and dynamic + static + host do, too).
struct ExactEnergy {
    std::map<std::string, double> by_component;
    double dynamic = 0.0;
    double static_energy = 0.0;
    double host = 0.0;
    double total = 0.0;
};
[[nodiscard]] ExactEnergy exact(const EnergyBreakdown& energy);

}  // namespace spikefab
