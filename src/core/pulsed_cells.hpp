// SPDX-License-Identifier: Apache-2.0
// The cells of one tile whose conductances a learning rule moves by pulses, each through the device's model.
#pragma once

#include "plan/analog_description.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace spikefab {

/// The conductance that a cell has come to, and what its pulses took.
struct PulsedCell {
    double conductance = 0.0;  ///< S
    double energy = 0.0;       ///< J
};

class PulsedCells final {
public:
    /// `array` has a memristor and update pulses, and must outlive the cells. `key` is that of the random streams of all cells
    /// of the core; the cells here are number `first_cell` and following. InputError for pulses that do not move the device up
    /// and down.
    PulsedCells(const ArrayDescription& array, std::uint64_t key, std::uint32_t first_cell);

    /// The next cell, in the device's state that programming left it in.
    void add(double state);
    /// The next cell, which no pulse moves.
    void add_stuck(double conductance);

    /// `count` pulses up or down on one cell, as one that is so long, and their noise; the conductance stays within g_min and
    /// g_max. A cell is pulsed once per step at most: its draws belong to cell and step.
    [[nodiscard]] PulsedCell pulse(std::size_t cell, bool up, std::uint32_t count, std::uint64_t step);

private:
    struct Cell {
        double state = 0.0;
        double length = 1.0;     ///< of its pulses, over what they are set to
        double stuck_at = -1.0;  ///< S; below 0: it is not
    };
    [[nodiscard]] double conductance_at(double state) const;
    void check_reach(std::string_view key, Conductance wanted) const;
    void check_direction(bool up, std::string_view key, std::string_view effect) const;

    const Memristor& device_;
    const UpdatePulses& pulses_;
    double read_volts_;
    StateRange range_;  ///< within the array's window
    std::uint64_t key_;
    std::uint32_t first_cell_;
    std::vector<Cell> cells_;
};

}  // namespace spikefab
