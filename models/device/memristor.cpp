// SPDX-License-Identifier: Apache-2.0
// What follows for every memristor from its current and its state equation: pulses with energy, and inversion.
#include "models/device/memristor.hpp"

#include <array>
#include <cmath>

namespace spikefab {
namespace {

/// Nodes and weights of the 5-point Gauss-Legendre rule on [0, 1] (Abramowitz and Stegun, table 25.4).
constexpr std::array<double, 5> nodes{0.04691007703066800, 0.23076534494715845, 0.5, 0.76923465505284155, 0.95308992296933200};
constexpr std::array<double, 5> weights{0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324,
                                        0.11846344252809454};
/// Pieces of a pulse over which power is integrated, so that a state that reaches its bound early does little harm.
constexpr int pieces = 8;

}  // namespace

double Memristor::state_of_conductance(double conductance_wanted, double read_volts) const {
    StateRange bracket = range();
    const bool rising = conductance(bracket.high, read_volts) > conductance(bracket.low, read_volts);
    for (int halving = 0; halving < 200; ++halving) {
        const double middle = 0.5 * (bracket.low + bracket.high);
        if (middle == bracket.low || middle == bracket.high) break;
        const bool above = conductance(middle, read_volts) > conductance_wanted;
        (above == rising ? bracket.high : bracket.low) = middle;
    }
    return 0.5 * (bracket.low + bracket.high);
}

PulseResult Memristor::pulse(double state, double volts, double seconds) const {
    const Waveform drive = Waveform::constant(volts);
    PulseResult result{.state = state};
    const double length = seconds / pieces;
    for (int piece = 0; piece < pieces; ++piece) {
        double since = 0.0;
        double x = result.state;
        for (std::size_t k = 0; k < nodes.size(); ++k) {
            x = advance(x, drive, since, nodes[k] * length);
            since = nodes[k] * length;
            result.charge += weights[k] * length * current(x, volts);
        }
        result.state = advance(x, drive, since, length);
    }
    result.energy = result.charge * volts;
    return result;
}

}  // namespace spikefab
