// SPDX-License-Identifier: Apache-2.0
// Pulses, their spread, and the bounds that they end at.
#include "core/pulsed_cells.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

[[nodiscard]] StateRange window(const ArrayDescription& array, double read_volts) {
    const double low = (*array.memristor)->state_of_conductance(array.low.si(), read_volts);
    const double high = (*array.memristor)->state_of_conductance(array.high.si(), read_volts);
    return {std::min(low, high), std::max(low, high)};
}

}  // namespace

PulsedCells::PulsedCells(const ArrayDescription& array, std::uint64_t key, std::uint32_t first_cell)
    : device_{**array.memristor},
      pulses_{*array.update},
      read_volts_{array.program.read.si()},
      range_{window(array, read_volts_)},
      key_{key},
      first_cell_{first_cell} {
    check_reach("g_min", array.low);
    check_reach("g_max", array.high);
    check_direction(true, "v_set", "raise");
    check_direction(false, "v_reset", "lower");
}

double PulsedCells::conductance_at(double state) const {
    return device_.conductance(state, read_volts_);
}

/// The window's ends are conductances that the device can have, within a thousandth.
void PulsedCells::check_reach(std::string_view key, Conductance wanted) const {
    const double nearest = conductance_at(device_.state_of_conductance(wanted.si(), read_volts_));
    if (std::abs(nearest - wanted.si()) <= 1e-3 * wanted.si()) return;
    throw InputError{
        fmt::format("array.{}: {} is out of the reach of a cell that learns; the nearest that array.memristor has is {}", key,
                    format(wanted), format(Conductance::from_si(nearest)))};
}

void PulsedCells::check_direction(bool up, std::string_view key, std::string_view effect) const {
    const double middle = 0.5 * (range_.low + range_.high);
    const Voltage volts = up ? pulses_.set : pulses_.reset;
    const double before = conductance_at(middle);
    const double after = conductance_at(device_.pulse(middle, volts.si(), pulses_.pulse.si()).state);
    if (up ? after > before : after < before) return;
    throw InputError{fmt::format(
        "array.update.{}: a pulse of {} for {} takes a cell in the middle of its range from {} to {}; it must {} the "
        "conductance: check its sign, the device's thresholds (array.memristor), and g_min and g_max",
        key, format(volts), format(pulses_.pulse), format(Conductance::from_si(before)), format(Conductance::from_si(after)),
        effect)};
}

void PulsedCells::add(double state) {
    Cell cell{.state = std::clamp(state, range_.low, range_.high)};
    if (pulses_.device_sigma > 0.0) {
        Rng rng{key_, first_cell_ + static_cast<std::uint32_t>(cells_.size()), 0};
        cell.length = std::exp(pulses_.device_sigma * rng.normal());
    }
    cells_.push_back(cell);
}

void PulsedCells::add_stuck(double conductance) {
    cells_.push_back({.stuck_at = conductance});
}

PulsedCell PulsedCells::pulse(std::size_t number, bool up, std::uint32_t count, std::uint64_t step) {
    Cell& cell = cells_[number];
    const double volts = (up ? pulses_.set : pulses_.reset).si();
    const double seconds = pulses_.pulse.si();
    if (cell.stuck_at >= 0.0) return {cell.stuck_at, cell.stuck_at * volts * volts * seconds * count};
    const PulseResult pulse = device_.pulse(cell.state, volts, cell.length * seconds * count);
    double noise = 0.0;
    if (pulses_.cycle_sigma > 0.0) {
        Rng rng{key_, first_cell_ + static_cast<std::uint32_t>(number), step};
        noise = pulses_.cycle_sigma * (range_.high - range_.low) * std::sqrt(count) * rng.normal();
    }
    cell.state = std::clamp(pulse.state + noise, range_.low, range_.high);
    return {conductance_at(cell.state), pulse.energy};
}

}  // namespace spikefab
