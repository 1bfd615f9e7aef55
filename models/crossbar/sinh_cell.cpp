// SPDX-License-Identifier: Apache-2.0
// Cell whose current grows as a hyperbolic sine: I = G v0 sinh(V / v0).
//
// The form of filamentary RRAM with a tunnelling gap: Stanford-PKU has I = I0 exp(-g/g0) sinh(V/V0) with
// V0 = 0.25 V (Jiang et al., SISPAD 2014, 10.1109/SISPAD.2014.6931558), so G = I0 exp(-g/g0) / V0 and v0 = V0.
#include "models/crossbar/cell_law.hpp"

#include <cmath>

namespace spikefab {
namespace {

struct SinhCell {
    static constexpr std::string_view name = "sinh";
    static constexpr std::string_view summary = "tunnelling cell, I = G v0 sinh(V / v0)";
    static constexpr bool linear = false;

    struct Params {
        Voltage v0{0.25};
        static constexpr auto fields = std::tuple{field("v0", &Params::v0, {1e-3, 1e3}, "voltage scale of the nonlinearity")};
    };

    static CellCurrent current(const Params& params, double conductance, double volts) {
        const double v0 = params.v0.si();
        return {.current = conductance * v0 * std::sinh(volts / v0), .slope = conductance * std::cosh(volts / v0)};
    }
};

[[maybe_unused]] const bool registered = register_cell_law<SinhCell>();

}  // namespace
}  // namespace spikefab
