// SPDX-License-Identifier: Apache-2.0
// Writing a target conductance into a cell: once, or pulse by pulse with a read after each, with energy and time.
//
// Write-verify follows the incremental-step scheme of V. Milo et al., IEEE IRPS 2021, 10.1109/IRPS46558.2021.9405119:
// pulse, read, stop within tolerance, else pulse again with a larger amplitude, in the direction that is missing.
#pragma once

#include "models/device/conductance_statistics.hpp"
#include "models/device/memristor.hpp"

#include <array>
#include <cstdint>

namespace spikefab {

enum class ProgramScheme : std::uint8_t { direct, write_verify };
constexpr auto enum_names(ProgramScheme) {
    return std::array<std::string_view, 2>{"direct", "write_verify"};
}

struct ProgramParams {
    ProgramScheme scheme = ProgramScheme::direct;
    double tolerance = 0.02;
    std::uint32_t most_pulses = 50;
    Voltage set{1.0};
    Voltage reset{-1.0};
    Voltage step{0.02};
    Time pulse{50.0};
    Voltage read{0.1};
    Time read_time{10.0};
    double cycle_sigma = 0.0;
    static constexpr auto fields = std::tuple{
        field("scheme", &ProgramParams::scheme, "direct: one pulse; write_verify: pulses and reads until within tolerance"),
        field("tolerance", &ProgramParams::tolerance, {0.0, 1.0}, "accepted error as a share of the conductance range"),
        field("max_pulses", &ProgramParams::most_pulses, {1, 100000}, "pulses after which a cell is left as it is"),
        field("v_set", &ProgramParams::set, {-100.0, 100.0}, "first pulse towards higher conductance"),
        field("v_reset", &ProgramParams::reset, {-100.0, 100.0}, "first pulse towards lower conductance"),
        field("v_step", &ProgramParams::step, {0.0, 10.0}, "growth of the amplitude from pulse to pulse in one direction"),
        field("t_pulse", &ProgramParams::pulse, {1e-6, 1e12}, "duration of a pulse"),
        field("v_read", &ProgramParams::read, {1e-6, 10.0}, "voltage of the verifying read"),
        field("t_read", &ProgramParams::read_time, {0.0, 1e12}, "duration of the verifying read"),
        field("c2c", &ProgramParams::cycle_sigma, {0.0, 5.0}, "log-normal spread of a pulse's effect from cycle to cycle")};
};

/// What programming one cell took and gave.
struct ProgramOutcome {
    ProgrammedCell cell;
    double state = 0.0;  ///< of a physical device
    std::uint32_t pulses = 0;
    std::uint32_t reads = 0;
    double energy = 0.0;  ///< J
    double seconds = 0.0;
    bool converged = true;
};

struct ProgramTarget {
    double conductance = 0.0;  ///< S
    double range = 1.0;        ///< g_max - g_min, S; the tolerance is a share of it
};

/// A cell known by its statistics: each pulse draws anew.
[[nodiscard]] ProgramOutcome program_cell(const ConductanceStatistics& statistics, ProgramTarget target,
                                          const ProgramParams& params, Rng& rng);
/// A physical device, from `state`. `direct` moves it to the target's state without pulses.
[[nodiscard]] ProgramOutcome program_cell(const Memristor& device, double state, ProgramTarget target,
                                          const ProgramParams& params, Rng& rng);

/// Cells that cannot be programmed, and columns that are cut off.
struct FaultParams {
    double stuck_high = 0.0;
    double stuck_low = 0.0;
    double open = 0.0;
    double floating_columns = 0.0;
    static constexpr auto fields =
        std::tuple{field("stuck_lrs", &FaultParams::stuck_high, {0.0, 1.0}, "share of cells stuck at the highest conductance"),
                   field("stuck_hrs", &FaultParams::stuck_low, {0.0, 1.0}, "share of cells stuck at the lowest conductance"),
                   field("open", &FaultParams::open, {0.0, 1.0}, "share of cells that conduct nothing"),
                   field("floating_columns", &FaultParams::floating_columns, {0.0, 1.0},
                         "share of bit lines that are cut off from their sense circuit: they float, and give no current")};
};

enum class Fault : std::uint8_t { none, stuck_high, stuck_low, open };
/// The fault of a cell, from its own random stream. InputError when the shares exceed 1.
[[nodiscard]] Fault draw_fault(const FaultParams& params, Rng& rng);

}  // namespace spikefab
