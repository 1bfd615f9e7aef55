// SPDX-License-Identifier: Apache-2.0
// The macrospin's torque, its accurate deterministic path, and its stochastic path by Heun's method.
#include "models/spintronic/macrospin.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "models/numerics/dormand_prince.hpp"
#include "models/numerics/normal_quantile.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spikefab {
namespace {

[[nodiscard]] Vector3 cross(const Vector3& a, const Vector3& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
void normalise(Vector3& m) {
    const double scale = 1.0 / std::sqrt(m[0] * m[0] + m[1] * m[1] + m[2] * m[2]);
    for (double& component : m) component *= scale;
}

}  // namespace

Vector3 Macrospin::slope(const Vector3& m, const Vector3& noise) const {
    // With T = -g0 m x (H - aJ p x m) the implicit equation solves to m' = (T + alpha m x T) / (1 + alpha^2).
    const Vector3 spin = cross(polariser, m);
    Vector3 field;
    for (std::size_t k = 0; k < 3; ++k) field[k] = torque * spin[k] - applied[k] - noise[k] - anisotropy[k] * m[k];
    const Vector3 turn = cross(m, field);
    const Vector3 damped = cross(m, turn);
    const double rate = precession_constant / (1.0 + damping * damping);
    return {rate * (turn[0] + damping * damped[0]), rate * (turn[1] + damping * damped[1]),
            rate * (turn[2] + damping * damped[2])};
}

double Macrospin::thermal_field(double dt) const {
    return std::sqrt(2.0 * damping * boltzmann * temperature / (precession_constant * vacuum_permeability * moment * dt));
}

double Macrospin::energy_over_kt(const Vector3& m) const {
    double energy = 0.0;
    for (std::size_t k = 0; k < 3; ++k) energy -= m[k] * applied[k] + 0.5 * anisotropy[k] * m[k] * m[k];
    return energy * vacuum_permeability * moment / (boltzmann * temperature);
}

Vector3 advance_macrospin(const Macrospin& spin, const Vector3& m, double seconds, double tolerance) {
    const auto slope = [&](double, const Vector3& at) { return spin.slope(at); };
    const auto keep_length = [](double, Vector3& at) {
        normalise(at);
        return true;
    };
    return integrate_ode(slope, m, 0.0, seconds, {.relative = tolerance, .absolute = tolerance}, keep_length);
}

std::uint64_t heat_steps(double seconds, double field) {
    constexpr double most = 1e9;  // 70 s
    const double steps = std::ceil(seconds * precession_constant * field / 0.05);
    if (!(steps <= most))
        throw InputError{
            fmt::format("{:.3g} s in a field of {:.3g} A/m take {:.3g} steps of the stochastic LLG equation, more than "
                        "{:.0g}; make the time shorter or the current smaller",
                        seconds, field, steps, most)};
    return static_cast<std::uint64_t>(steps);
}

Vector3 advance_macrospin_stochastic(const Macrospin& spin, Vector3 m, double dt, std::uint64_t steps, ThermalStream& stream) {
    const double sigma = spin.thermal_field(dt);
    const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(stream.key),
                                           static_cast<std::uint32_t>(stream.key >> 32U)};
    for (const std::uint64_t end = stream.step + steps; stream.step < end; ++stream.step) {
        const auto bits = philox(
            {static_cast<std::uint32_t>(stream.step), static_cast<std::uint32_t>(stream.step >> 32U), stream.unit, 0x4c4c47U},
            key);
        const Vector3 kick{sigma * normal_from_bits(bits[0]), sigma * normal_from_bits(bits[1]),
                           sigma * normal_from_bits(bits[2])};
        const Vector3 first = spin.slope(m, kick);
        const Vector3 guess{m[0] + dt * first[0], m[1] + dt * first[1], m[2] + dt * first[2]};
        const Vector3 second = spin.slope(guess, kick);
        for (std::size_t k = 0; k < 3; ++k) m[k] += 0.5 * dt * (first[k] + second[k]);
        normalise(m);
    }
    return m;
}

}  // namespace spikefab
