// SPDX-License-Identifier: Apache-2.0
// The write-verify loop for statistical and for physical cells.
#include "models/device/programming.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

void count_read(ProgramOutcome& outcome, double conductance, const ProgramParams& params) {
    ++outcome.reads;
    outcome.energy += conductance * params.read.si() * params.read.si() * params.read_time.si();
    outcome.seconds += params.read_time.si();
}

[[nodiscard]] bool within(double conductance, ProgramTarget target, const ProgramParams& params) {
    return std::abs(conductance - target.conductance) <= params.tolerance * target.range;
}

}  // namespace

ProgramOutcome program_cell(const ConductanceStatistics& statistics, ProgramTarget target, const ProgramParams& params,
                            Rng& rng) {
    ProgramOutcome outcome;
    const double volts = params.set.si();
    do {
        outcome.cell = statistics.program(target.conductance, rng);
        ++outcome.pulses;
        outcome.energy += outcome.cell.conductance * volts * volts * params.pulse.si();
        outcome.seconds += params.pulse.si();
        if (params.scheme == ProgramScheme::direct) return outcome;
        count_read(outcome, outcome.cell.conductance, params);
        outcome.converged = within(statistics.read(outcome.cell, 0.0, rng), target, params);
    } while (!outcome.converged && outcome.pulses < params.most_pulses);
    return outcome;
}

ProgramOutcome program_cell(const Memristor& device, double state, ProgramTarget target, const ProgramParams& params,
                            Rng& rng) {
    ProgramOutcome outcome{.cell = {}, .state = state};
    const double read_volts = params.read.si();
    if (params.scheme == ProgramScheme::direct) {
        outcome.state = device.state_of_conductance(target.conductance, read_volts);
        outcome.cell.conductance = device.conductance(outcome.state, read_volts);
        return outcome;
    }
    std::array<double, 2> amplitude{params.set.si(), params.reset.si()};
    while (true) {
        outcome.cell.conductance = device.conductance(outcome.state, read_volts);
        count_read(outcome, outcome.cell.conductance, params);
        outcome.converged = within(outcome.cell.conductance, target, params);
        if (outcome.converged || outcome.pulses == params.most_pulses) return outcome;
        double& volts = amplitude[outcome.cell.conductance < target.conductance ? 0 : 1];
        const double spread = params.cycle_sigma > 0.0 ? std::exp(params.cycle_sigma * rng.normal()) : 1.0;
        const PulseResult pulse = device.pulse(outcome.state, volts, params.pulse.si() * spread);
        outcome.state = pulse.state;
        outcome.energy += pulse.energy;
        outcome.seconds += params.pulse.si();
        ++outcome.pulses;
        volts += std::copysign(params.step.si(), volts);
    }
}

Fault draw_fault(const FaultParams& params, Rng& rng) {
    if (params.stuck_high + params.stuck_low + params.open > 1.0)
        throw InputError{
            fmt::format("faults: stuck_lrs {} + stuck_hrs {} + open {} exceed all cells; lower them to at most 1 together",
                        params.stuck_high, params.stuck_low, params.open)};
    if (params.stuck_high + params.stuck_low + params.open == 0.0) return Fault::none;
    const double draw = rng.uniform();
    if (draw < params.stuck_high) return Fault::stuck_high;
    if (draw < params.stuck_high + params.stuck_low) return Fault::stuck_low;
    return draw < params.stuck_high + params.stuck_low + params.open ? Fault::open : Fault::none;
}

}  // namespace spikefab
