// SPDX-License-Identifier: Apache-2.0
// What temperature does to a programmed cell.
//
// A filament that is whole conducts like a poor metal, a broken one by thermally activated transport (C. Walczyk et al., IEEE
// TED 58(9):3124-3131 (2011), 10.1109/TED.2011.2160265, on HfO2): g(T) = g exp(-E / k (1 / T - 1 / 300 K)), with E falling
// linearly from the activation energy of an empty cell to 0 at the highest conductance. The straight line between the two
// ends is this project's; conductances hold at 300 K, where cells are programmed and verified.
#pragma once

#include "models/numerics/physical_constants.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {

/// Temperature at which conductances and resistances are stated, K.
inline constexpr double stated_temperature = 300.0;

/// The cells of an array: from empty to full, S, and the activation energy of an empty one, eV.
struct CellThermal {
    double low = 0.0;
    double high = 1.0;
    double activation = 0.0;

    /// Conductance at `kelvin` of a cell that has `conductance` at 300 K, S.
    [[nodiscard]] double conductance_at(double kelvin, double conductance) const {
        const double filled = std::clamp((conductance - low) / (high - low), 0.0, 1.0);
        const double energy = activation * (1.0 - filled) * elementary_charge;
        return conductance * std::exp(-energy / boltzmann * (1.0 / kelvin - 1.0 / stated_temperature));
    }
};

}  // namespace spikefab
