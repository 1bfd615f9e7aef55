// SPDX-License-Identifier: Apache-2.0
// Ohmic cell: I = G V.
#include "models/crossbar/cell_law.hpp"

namespace spikefab {
namespace {

struct LinearCell {
    static constexpr std::string_view name = "linear";
    static constexpr std::string_view summary = "ohmic cell, I = G V";
    static constexpr bool linear = true;

    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static CellCurrent current(const Params& /*params*/, double conductance, double volts) {
        return {.current = conductance * volts, .slope = conductance};
    }
};

[[maybe_unused]] const bool registered = register_cell_law<LinearCell>();

}  // namespace
}  // namespace spikefab
