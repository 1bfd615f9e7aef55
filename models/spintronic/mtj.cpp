// SPDX-License-Identifier: Apache-2.0
// Derived quantities of a magnetic tunnel junction: macrospin, resistance, energy, spread.
#include "models/spintronic/mtj.hpp"

#include "models/spintronic/switching.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {

Macrospin JunctionParams::macrospin(double relative) const {
    const double kelvin = temperature.value();
    // Ms V from Delta at the operating temperature; aJ = alpha Hk at Ic0.
    return {.damping = damping,
            .applied = {},
            .anisotropy = {0.0, 0.0, anisotropy},
            .polariser = {0.0, 0.0, 1.0},
            .torque = damping * anisotropy * relative,
            .moment = 2.0 * barrier() * boltzmann * kelvin / (vacuum_permeability * anisotropy),
            .temperature = kelvin};
}

double JunctionParams::resistance(double cosine, double volts) const {
    const double ratio = volts / half_voltage.value();
    const double now = magnetoresistance / (1.0 + ratio * ratio);
    const double low = 1.0 / parallel.si();
    const double high = low / (1.0 + now);
    return 1.0 / (0.5 * (low + high) + 0.5 * (low - high) * cosine);
}

double MtjParams::pulse_energy(double relative, bool switched) const {
    const double amperes = relative * critical.si();
    const double write_volts = amperes * parallel.si();
    const double volts = read_voltage.si();
    double energy = amperes * amperes * resistance(-1.0, write_volts) * write.si();
    energy += volts * volts / resistance(switched ? 1.0 : -1.0, volts) * read.si();
    if (switched) {
        const double back = reset_current * critical.si();
        energy += back * back * parallel.si() * reset.si();
    }
    return energy;
}

double MtjParams::even_current() const {
    const double tau = relaxation_rate() * write.si();
    double low = -4.0;  // the ends of what switching_probability takes
    double high = 8.0;
    while (high - low > 1e-6) {
        const double middle = 0.5 * (low + high);
        (switching_probability(barrier(), middle, tau) < 0.5 ? low : high) = middle;
    }
    return (high - bias) * critical.si() / gain;
}

MtjParams MtjParams::instance(Rng& rng) const {
    MtjParams device = *this;
    // Kept within 4 sigma, the range of the switching table.
    const auto spread = [&](double sigma) { return 1.0 + sigma * std::clamp(rng.normal(), -4.0, 4.0); };
    device.stability *= spread(stability_sigma);
    device.critical = device.critical * std::max(0.05, spread(critical_sigma));
    device.magnetoresistance *= std::max(0.0, spread(magnetoresistance_sigma));
    return device;
}

double JunctionParams::equilibrium(Rng& rng) const {
    // Density exp(Delta x^2) on x = y - 1, y in [0, 1]: draw from exp(-Delta y) and accept exp(-Delta y (1 - y)).
    const double delta = barrier();
    while (true) {
        const double y = -std::log1p(rng.uniform() * std::expm1(-delta)) / delta;
        if (rng.uniform() <= std::exp(-delta * y * (1.0 - y))) return y - 1.0;
    }
}

}  // namespace spikefab
