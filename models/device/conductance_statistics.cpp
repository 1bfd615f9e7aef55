// SPDX-License-Identifier: Apache-2.0
// Draws from the moments of a statistical cell model.
#include "models/device/conductance_statistics.hpp"

#include <algorithm>

namespace spikefab {

ProgrammedCell ConductanceStatistics::program(double target, Rng& rng) const {
    const double conductance = std::max(0.0, target + programming_sigma(target) * rng.normal());
    const DriftMoments drift = drift_moments(conductance);
    return {.conductance = conductance, .drift_exponent = drift.mean + drift.sigma * rng.normal()};
}

double ConductanceStatistics::conductance(const ProgrammedCell& cell, double seconds) const {
    return drifted(cell.conductance, cell.drift_exponent, seconds);
}

double ConductanceStatistics::read(const ProgrammedCell& cell, double seconds, Rng& rng) const {
    const double now = conductance(cell, seconds);
    const double sigma = read_sigma(cell.conductance, now, seconds);
    return sigma > 0.0 ? std::max(0.0, now + sigma * rng.normal()) : now;
}

}  // namespace spikefab
