// SPDX-License-Identifier: Apache-2.0
// A free magnetic layer under spin-transfer torque: its magnetisation as one vector, followed through time.
//
// Equations and sources: macrospin.hpp. Without heat (temperature 0) the path is accurate; with heat it is one draw of
// the stochastic equation. The defaults are those of this project's macrospin reference: a perpendicular disc of 40 nm
// diameter and 1.3 nm thickness with thermal stability 60 at 300 K (nominal).
#include "base/error.hpp"
#include "models/device/dynamic_device.hpp"
#include "models/numerics/dormand_prince.hpp"
#include "models/spintronic/macrospin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace spikefab {
namespace {

/// Components along the three axes; the longest field that a magnet has is far below 1e8 A/m.
struct Axes {
    double x = 0.0;
    double y = 0.0;
    double z = 0.0;
    static constexpr auto fields =
        std::tuple{field("x", &Axes::x, {-1e8, 1e8}, "along x"), field("y", &Axes::y, {-1e8, 1e8}, "along y"),
                   field("z", &Axes::z, {-1e8, 1e8}, "along z, normal to the layer")};

    [[nodiscard]] Vector3 vector() const { return {x, y, z}; }
    [[nodiscard]] double length() const { return std::sqrt(x * x + y * y + z * z); }
    [[nodiscard]] Vector3 direction() const { return {x / length(), y / length(), z / length()}; }
};

struct MacrospinDevice {
    static constexpr std::string_view name = "macrospin";
    static constexpr std::string_view summary = "free magnetic layer under spin torque: Landau-Lifshitz-Gilbert-Slonczewski";
    static constexpr std::array variables{Variable{"m_x", ""}, Variable{"m_y", ""}, Variable{"m_z", ""}};
    static constexpr std::string_view plotted = "end_m_z";
    static constexpr std::size_t switching = 2;

    struct Params {
        double damping = 0.02;
        double saturation = 1e6;
        double volume = 1.6336281798666926e-24;
        double efficiency = 0.6;
        Axes applied{};
        Axes anisotropy{.x = 0.0, .y = 0.0, .z = 242115.5611291327};
        Axes polariser{.x = 0.0, .y = 0.0, .z = 1.0};
        Axes start{.x = 0.09116035810617402, .y = 0.0, .z = -0.9958362260482163};
        Temperature temperature{0.0};
        static constexpr auto fields = std::tuple{
            field("alpha", &Params::damping, {1e-5, 1.0}, "Gilbert damping"),
            field("ms", &Params::saturation, {1e3, 1e7}, "saturation magnetisation, A/m"),
            field("volume", &Params::volume, {1e-28, 1e-18}, "volume of the layer, m3"),
            field("eta", &Params::efficiency, {0.0, 1.0}, "efficiency of the torque: aJ = hbar eta I / (2 e mu0 Ms V)"),
            field("field", &Params::applied, "applied field, A/m"),
            field("anisotropy", &Params::anisotropy, "H_i += k_i m_i, A/m; negative for demagnetisation"),
            field("polariser", &Params::polariser, "direction of the reference layer; positive current pulls towards it"),
            field("start", &Params::start, "direction at the start"),
            field("temperature", &Params::temperature, {0.0, 2000.0}, "of the thermal field; 0 K: no heat")};

        [[nodiscard]] double moment() const { return saturation * volume; }
        [[nodiscard]] double torque_per_ampere() const {
            return reduced_planck * efficiency / (2.0 * elementary_charge * vacuum_permeability * moment());
        }
        [[nodiscard]] Macrospin spin() const {
            return {.damping = damping,
                    .applied = applied.vector(),
                    .anisotropy = anisotropy.vector(),
                    .polariser = polariser.direction(),
                    .torque = 0.0,
                    .moment = moment(),
                    .temperature = temperature.value()};
        }
    };

    struct State {
        Vector3 m{};
        ThermalStream stream{};
    };

    static void check(const Params& params) {
        if (params.polariser.length() == 0.0) throw InputError{"macrospin: polariser must not be zero; write its direction"};
        if (params.start.length() == 0.0) throw InputError{"macrospin: start must not be zero; write the direction of m"};
    }
    static bool is_stochastic(const Params& params) { return params.temperature.value() > 0.0; }
    static std::optional<double> amperes_per(const Params& params, DriveUnit unit) {
        if (unit == DriveUnit::ampere) return 1.0;
        if (unit == DriveUnit::ampere_per_metre && params.efficiency > 0.0) return 1.0 / params.torque_per_ampere();
        return std::nullopt;
    }
    static State start(const Params& params, Rng& rng) {
        const std::uint64_t high = rng.bits();
        return {.m = params.start.direction(), .stream = {.key = (high << 32U) | rng.bits(), .unit = 0, .step = 0}};
    }

    static void advance(const Params& params, State& state, const Waveform& drive, double from, double to) {
        Macrospin spin = params.spin();
        if (spin.temperature > 0.0) {
            advance_with_heat(params, state, spin, drive, from, to);
        } else if (drive.shape == WaveShape::constant) {
            spin.torque = params.torque_per_ampere() * drive.value(from);
            state.m = advance_macrospin(spin, state.m, to - from);
        } else {
            const auto slope = [&](double time, const Vector3& m) {
                spin.torque = params.torque_per_ampere() * drive.value(time);
                return spin.slope(m);
            };
            state.m = integrate_ode(slope, state.m, from, to, {.relative = 1e-12, .absolute = 1e-12});
        }
    }
    /// Steps of at most 0.05 turns of the largest field (see macrospin.hpp), with the drive of each step's middle.
    static void advance_with_heat(const Params& params, State& state, Macrospin spin, const Waveform& drive, double from,
                                  double to) {
        const double field =
            params.applied.length() + params.anisotropy.length() + params.torque_per_ampere() * drive.largest() + 1.0;
        const std::uint64_t steps = heat_steps(to - from, field);
        const double dt = (to - from) / static_cast<double>(steps);
        const bool constant = drive.shape == WaveShape::constant;
        const std::uint64_t at_once = constant ? steps : 1;
        for (std::uint64_t step = 0; step < steps; step += at_once) {
            spin.torque = params.torque_per_ampere() * drive.value(from + (static_cast<double>(step) + 0.5) * dt);
            state.m = advance_macrospin_stochastic(spin, state.m, dt, at_once, state.stream);
        }
    }

    static void observe(const Params& /*params*/, const State& state, double /*amperes*/, std::vector<double>& values) {
        values.insert(values.end(), state.m.begin(), state.m.end());
    }

    /// For a layer whose one axis is z, the polariser's too: where the torque cancels the damping.
    static double critical_current(const Params& params) {
        const bool perpendicular = params.anisotropy.x == 0.0 && params.anisotropy.y == 0.0 && params.anisotropy.z > 0.0 &&
                                   params.polariser.x == 0.0 && params.polariser.y == 0.0 && params.efficiency > 0.0;
        return perpendicular ? params.damping * params.anisotropy.z / params.torque_per_ampere()
                             : std::numeric_limits<double>::quiet_NaN();
    }
    static std::vector<Figure> figures(const Params& params, Stimulus stimulus) {
        return {{{"torque_field", "A/m"}, params.torque_per_ampere() * stimulus.amperes},
                {{"critical_current", "A"}, critical_current(params)}};
    }
};

[[maybe_unused]] const bool registered = register_dynamic_device<MacrospinDevice>();

}  // namespace
}  // namespace spikefab
