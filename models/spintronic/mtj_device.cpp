// SPDX-License-Identifier: Apache-2.0
// A perpendicular magnetic tunnel junction under a write current: how likely it switches, and one attempt of it.
//
// The probability is the solution of the junction's Fokker-Planck equation (switching.hpp), an attempt one path of its
// stochastic LLG equation (macrospin.hpp) from thermal equilibrium in the antiparallel well. Positive current writes the
// parallel state. The defaults are those of the neuron (mtj.hpp).
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

    struct Params {
        double stability = 40.0;
        Current critical = Current::from_si(50e-6);
        double damping = 0.02;
        double anisotropy = 242e3;
        Resistance parallel = Resistance::from_si(5e3);
        double magnetoresistance = 1.2;
        Voltage half_voltage{0.5};
        Temperature temperature{300.0};
        static constexpr auto fields = std::tuple{
            field("delta", &Params::stability, {1.0, 150.0}, "thermal stability Delta at 300 K"),
            field("ic0", &Params::critical, {1e-9, 1e3}, "critical current"),
            field("alpha", &Params::damping, {1e-5, 1.0}, "Gilbert damping"),
            field("hk", &Params::anisotropy, {1e2, 1e8}, "anisotropy field, A/m; sets the speed"),
            field("r_p", &Params::parallel, {1e-6, 1e9}, "resistance when parallel"),
            field("tmr", &Params::magnetoresistance, {0.0, 100.0}, "tunnel magnetoresistance at no voltage"),
            field("v_half", &Params::half_voltage, {1e-3, 100.0}, "voltage that halves it"),
            field("temperature", &Params::temperature, {1.0, 1000.0}, "temperature; the barrier over kT falls with it")};

        [[nodiscard]] MtjParams junction() const {
            MtjParams all;
            all.stability = stability;
            all.critical = critical;
            all.damping = damping;
            all.anisotropy = anisotropy;
            all.parallel = parallel;
            all.magnetoresistance = magnetoresistance;
            all.half_voltage = half_voltage;
            all.temperature = temperature;
            return all;
        }
    };

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
        const double z = params.junction().equilibrium(rng);
        const double angle = 2.0 * std::numbers::pi * rng.uniform();
        const double side = std::sqrt(std::max(0.0, 1.0 - z * z));
        const std::uint64_t high = rng.bits();
        return {.m = {side * std::cos(angle), side * std::sin(angle), z},
                .stream = {.key = (high << 32U) | rng.bits(), .unit = 0, .step = 0}};
    }

    static void advance(const Params& params, State& state, const Waveform& drive, double from, double to) {
        const MtjParams junction = params.junction();
        const double turn = precession_constant * params.anisotropy;
        const auto steps = static_cast<std::uint64_t>(std::ceil((to - from) * turn / 0.05));  // see macrospin.hpp
        const double dt = (to - from) / static_cast<double>(steps);
        const std::uint64_t at_once = drive.shape == WaveShape::constant ? steps : 1;
        for (std::uint64_t step = 0; step < steps; step += at_once) {
            const double amperes = drive.value(from + (static_cast<double>(step) + 0.5) * dt);
            state.m = advance_macrospin_stochastic(junction.macrospin(amperes / params.critical.si()), state.m, dt, at_once,
                                                   state.stream);
        }
    }

    /// V = I R(V) at an angle: R falls with V, so the two cross once.
    static double voltage(const MtjParams& junction, double cosine, double amperes) {
        double low = 0.0;
        double high = std::abs(amperes) * junction.resistance(cosine, 0.0);
        for (int halving = 0; halving < 60; ++halving) {
            const double middle = 0.5 * (low + high);
            (middle < std::abs(amperes) * junction.resistance(cosine, middle) ? low : high) = middle;
        }
        return std::copysign(high, amperes);
    }
    static void observe(const Params& params, const State& state, double amperes, std::vector<double>& values) {
        const MtjParams junction = params.junction();
        values.insert(values.end(), state.m.begin(), state.m.end());
        values.push_back(junction.resistance(state.m[2], voltage(junction, state.m[2], amperes)));
    }

    static std::vector<Figure> figures(const Params& params, Stimulus stimulus) {
        const MtjParams junction = params.junction();
        const double relative = stimulus.amperes / params.critical.si();
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
