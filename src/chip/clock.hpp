// SPDX-License-Identifier: Apache-2.0
// Between SystemC's time and the simulator's whole picoseconds.
#pragma once

#include "base/picoseconds.hpp"

#include <systemc>

namespace spikefab {

[[nodiscard]] inline sc_core::sc_time sc_time_of(Picoseconds time) {
    return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(time));
}
[[nodiscard]] inline Picoseconds picoseconds_of(const sc_core::sc_time& time) {
    return static_cast<Picoseconds>(time.value());
}
[[nodiscard]] inline Picoseconds now_in_picoseconds() {
    return picoseconds_of(sc_core::sc_time_stamp());
}

}  // namespace spikefab
