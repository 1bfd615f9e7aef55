// SPDX-License-Identifier: Apache-2.0
// A perpendicular magnetic tunnel junction under a write current: how likely it switches, and one attempt of it.
//
// The probability is the solution of the junction's Fokker-Planck equation (switching.hpp), an attempt one path of its
// stochastic LLG equation (macrospin.hpp) from thermal equilibrium in the antiparallel well. Positive current writes the
// parallel state. The junction is that of the neuron (mtj.hpp).
#include "base/error.hpp"
#include "models/device/dynamic_device.hpp"
#include "models/spintronic/mtj.hpp"
#include "models/spintronic/switching.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <span>

namespace spikefab {
namespace {

struct MtjDevice {
    static constexpr std::string_view name = "mtj";
    static constexpr std::string_view summary = "perpendicular magnetic tunnel junction under a write current, with heat";
    static constexpr std::array variables{Variable{"m_x", ""}, Variable{"m_y", ""}, Variable{"m_z", ""},
                                          Variable{"resistance", "ohm"}};
    static constexpr std::string_view plotted = "p_switch";
    static constexpr std::size_t switching = 2;

    using Params = JunctionParams;
    struct State {
        Vector3 m{};
        ThermalStream stream{};
    };

    static bool is_stochastic(const Params& /*params*/) { return true; }
    static std::optional<double> amperes_per(const Params& params, DriveUnit unit) {
        if (unit == DriveUnit::ampere) return 1.0;
        if (unit == DriveUnit::relative) return params.critical.si();
        return std::nullopt;
    }
    static State start(const Params& params, Rng& rng) {
        const double z = params.equilibrium(rng);
        const double angle = 2.0 * std::numbers::pi * rng.uniform();
        const double side = std::sqrt(std::max(0.0, 1.0 - z * z));
        const std::uint64_t high = rng.bits();
        return {.m = {side * std::cos(angle), side * std::sin(angle), z},
                .stream = {.key = (high << 32U) | rng.bits(), .unit = 0, .step = 0}};
    }

    static void advance(const Params& junction, State& state, const Waveform& drive, double from, double to) {
        const double most = drive.largest() / junction.critical.si();
        const std::uint64_t steps = heat_steps(to - from, junction.anisotropy * std::max(1.0, junction.damping * most));
        const double dt = (to - from) / static_cast<double>(steps);
        const std::uint64_t at_once = drive.shape == WaveShape::constant ? steps : 1;
        for (std::uint64_t step = 0; step < steps; step += at_once) {
            const double amperes = drive.value(from + (static_cast<double>(step) + 0.5) * dt);
            state.m = advance_macrospin_stochastic(junction.macrospin(amperes / junction.critical.si()), state.m, dt, at_once,
                                                   state.stream);
        }
    }

    /// V = I R(V) at an angle: R falls with V, so the two cross once.
    static double voltage(const Params& junction, double cosine, double amperes) {
        double low = 0.0;
        double high = std::abs(amperes) * junction.resistance(cosine, 0.0);
        for (int halving = 0; halving < 60; ++halving) {
            const double middle = 0.5 * (low + high);
            (middle < std::abs(amperes) * junction.resistance(cosine, middle) ? low : high) = middle;
        }
        return std::copysign(high, amperes);
    }
    static void observe(const Params& junction, const State& state, double amperes, std::vector<double>& values) {
        values.insert(values.end(), state.m.begin(), state.m.end());
        values.push_back(junction.resistance(state.m[2], voltage(junction, state.m[2], amperes)));
    }

    static std::vector<Figure> figures(const Params& junction, Stimulus stimulus) {
        const double relative = stimulus.amperes / junction.critical.si();
        const double tau = junction.relaxation_rate() * stimulus.seconds;
        const double delta = junction.barrier();
        const bool solvable = delta >= 1.0 && delta <= 200.0 && relative >= -4.0 && relative <= 8.0;  // see switching.hpp
        const bool held = solvable && std::abs(relative) < 1.0;
        const double none = std::numeric_limits<double>::quiet_NaN();
        const double volts = voltage(junction, -1.0, stimulus.amperes);
        return {{{"relative_current", ""}, relative},
                {{"tau", ""}, tau},
                {{"delta", ""}, delta},
                {{"p_switch", ""}, solvable ? switching_probability(delta, relative, tau) : none},
                {{"escape_rate_per_tau", ""}, held ? escape_rate(delta, relative) : none},
                {{"brown_rate_per_tau", ""}, held ? escape_rate_of_brown(delta, relative) : none},
                {{"write_energy", "J"}, volts * stimulus.amperes * stimulus.seconds}};
    }
};

[[maybe_unused]] const bool registered = register_dynamic_device<MtjDevice>();

}  // namespace
}  // namespace spikefab
