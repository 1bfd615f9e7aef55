// SPDX-License-Identifier: Apache-2.0
// Cubic current law of the measured RRAM of Milo et al., with coefficients that depend on the conductance.
//
// I = G V + n2 V^2 + n3 V^3, n2 and n3 polynomials in log10(G / 1 S). Data: V. Milo et al., "Optimized programming
// algorithms for multilevel RRAM in hardware neural networks", IEEE IRPS 2021, Fig. 1 (four states, 62.5 to
// 110 uS, up to 0.5 V); the coefficients are the fit published with CrossSim 3.2 (BSD-3,
// simulator/devices/custom/RRAM_Milo.py), which also pins n2 = n3 = 0 at 225 uS by assumption.
#include "models/crossbar/cell_law.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

struct RramMiloCell {
    static constexpr std::string_view name = "rram_milo";
    static constexpr std::string_view summary = "cubic law fitted to measured RRAM (Milo 2021), 50 to 225 uS, up to 0.5 V";
    static constexpr bool linear = false;

    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static CellCurrent current(const Params& /*params*/, double conductance, double volts) {
        if (conductance < 1e-9) return {.current = conductance * volts, .slope = conductance};  // outside the fit: ohmic
        const double x = std::log10(conductance);
        const double n2 = ((0.0001388 * x + 0.001541) * x + 0.005711) * x + 0.007063;
        const double n3 = (8.8710e-05 * x + 6.7919e-04) * x + 1.2968e-03;
        const double slope = conductance + volts * (2.0 * n2 + 3.0 * n3 * volts);
        return {.current = volts * (conductance + volts * (n2 + volts * n3)), .slope = std::max(slope, 0.0)};
    }
};

[[maybe_unused]] const bool registered = register_cell_law<RramMiloCell>();

}  // namespace
}  // namespace spikefab
