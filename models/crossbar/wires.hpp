// SPDX-License-Identifier: Apache-2.0
// The wires of a crossbar array: what a person writes, and the resistances that the solver works with.
//
// Source i -- (r_wl + r_driver) -- WL(i,0) -- r_wl -- WL(i,1) ... WL(i,n-1); cell between WL(i,j) and BL(i,j);
// BL(0,j) -- r_bl -- BL(1,j) ... BL(m-1,j) -- (r_bl + r_sense) -- virtual ground of column j.
#pragma once

#include "base/field.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>

namespace spikefab {

/// Resistances and capacitance of one wire segment (one cell pitch), and of the circuits at the ends of a line.
struct WireParams {
    Resistance word_line{1e-3};
    Resistance bit_line{1e-3};
    Resistance driver{0.0};
    Resistance sense{0.0};
    Capacitance segment{2e-4};
    double thermal = 0.0039;
    static constexpr auto fields =
        std::tuple{field("r_wl", &WireParams::word_line, {0.0, 1e9}, "resistance of a word-line segment, one cell long"),
                   field("r_bl", &WireParams::bit_line, {0.0, 1e9}, "resistance of a bit-line segment, one cell long"),
                   field("r_driver", &WireParams::driver, {0.0, 1e9}, "output resistance of a row driver"),
                   field("r_sense", &WireParams::sense, {0.0, 1e9}, "input resistance of a column's sense circuit"),
                   field("c_seg", &WireParams::segment, {0.0, 1e6}, "capacitance of a wire segment; sets the settling time"),
                   field("tcr", &WireParams::thermal, {-0.003, 0.1},
                         "growth of r_wl and r_bl per kelvin above 300 K, as a share (0.0039: copper in bulk, IEC 60028)")};

    /// The same wires at another temperature.
    [[nodiscard]] WireParams at(Temperature temperature) const {
        const double factor = std::max(0.0, 1.0 + thermal * (temperature.value() - 300.0));
        WireParams warm = *this;
        warm.word_line = word_line * factor;
        warm.bit_line = bit_line * factor;
        return warm;
    }
};

/// How the far side of a line is connected.
enum class RowState : std::uint8_t {
    driven,    ///< at its driver's voltage; 0 V for a grounded, inactive row
    floating,  ///< the driver is disconnected
    gated,     ///< driven, but the select transistors of its cells are off
};
enum class ColumnState : std::uint8_t { sensed, floating };

constexpr auto enum_names(RowState) {
    return std::array<std::string_view, 3>{"grounded", "floating", "gated"};
}

}  // namespace spikefab
