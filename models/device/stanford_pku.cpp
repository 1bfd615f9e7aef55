// SPDX-License-Identifier: Apache-2.0
// Stanford-PKU filament RRAM: tunnelling through a gap that ions close and open, with self-heating.
//
// Z. Jiang et al., "A compact model for metal-oxide resistive random access memory with experiment verification",
// IEEE Trans. Electron Devices 63(5), 2016, 10.1109/TED.2016.2545412, and SISPAD 2014, 10.1109/SISPAD.2014.6931558:
//   I = I0 exp(-g/g0) sinh(V/V0);  g' = -v0 exp(-Ea/kT) sinh(gamma a0 q V / (t_ox k T));  T = T0 + |V I| Rth;
//   gamma = gamma0 - beta (g / 1 nm)^3, and no motion while gamma |V| / t_ox < F_min.
// Defaults: the constants of the published Verilog-A v1 as MemTorch uses them. The device needs something that
// limits its current, here a resistor in series: V is what is left of the drive behind it.
#include "base/error.hpp"
#include "models/device/memristor.hpp"
#include "models/numerics/dormand_prince.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

/// Elementary charge over Boltzmann's constant, K/V (CODATA 2018, both exact).
constexpr double charge_over_boltzmann = 1.602176634e-19 / 1.380649e-23;

struct StanfordPku {
    static constexpr std::string_view name = "stanford_pku";
    static constexpr std::string_view summary =
        "filament RRAM (Jiang 2016) with self-heating, field threshold and series resistor";
    static constexpr std::string_view state_meaning = "gap between filament and electrode, m";

    struct Params {
        Current i0 = Current::from_si(1e-3);
        Length g0 = Length::from_si(0.25e-9);
        Voltage v0{0.25};
        double velocity = 10.0;
        double activation_energy = 0.6;
        double gamma0 = 16.0;
        double beta = 0.8;
        Length atomic_distance = Length::from_si(0.25e-9);
        Length oxide = Length::from_si(12e-9);
        double lowest_field = 1.4e9;
        Temperature ambient{298.0};
        double thermal_resistance = 2100.0;
        Length gap_min = Length::from_si(0.2e-9);
        Length gap_max = Length::from_si(1.7e-9);
        Resistance series{0.0};
        Length initial = Length::from_si(1.7e-9);
        static constexpr auto fields =
            std::tuple{field("i0", &Params::i0, {1e-12, 1e6}, "current scale at no gap"),
                       field("g0", &Params::g0, {1e-6, 1.0}, "decay length of the current with the gap"),
                       field("v0", &Params::v0, {1e-3, 1e3}, "voltage scale of the conduction"),
                       field("velocity", &Params::velocity, {0.0, 1e9}, "attempt velocity of the ions, m/s"),
                       field("activation_energy", &Params::activation_energy, {0.0, 10.0}, "barrier of the ions, eV"),
                       field("gamma0", &Params::gamma0, {0.0, 1e3}, "local field enhancement at no gap"),
                       field("beta", &Params::beta, {0.0, 1e3}, "its fall with the cube of the gap in nm"),
                       field("a0", &Params::atomic_distance, {1e-6, 1.0}, "distance between sites"),
                       field("t_ox", &Params::oxide, {1e-6, 10.0}, "thickness of the oxide"),
                       field("f_min", &Params::lowest_field, {0.0, 1e12}, "enhanced field below which nothing moves, V/m"),
                       field("temperature", &Params::ambient, {1.0, 2000.0}, "ambient temperature"),
                       field("r_th", &Params::thermal_resistance, {0.0, 1e9}, "thermal resistance, K/W"),
                       field("gap_min", &Params::gap_min, {1e-6, 1.0}, "gap of the fully formed filament"),
                       field("gap_max", &Params::gap_max, {1e-6, 1.0}, "gap of the fully broken filament"),
                       field("r_series", &Params::series, {0.0, 1e9}, "resistor or transistor that limits the current"),
                       field("initial", &Params::initial, {1e-6, 1.0}, "gap at the start")};
    };

    static void check(const Params& params) {
        if (params.gap_max <= params.gap_min) throw InputError{"stanford_pku: gap_max must be larger than gap_min"};
    }
    static StateRange range(const Params& params) { return {params.gap_min.si(), params.gap_max.si()}; }
    static double initial(const Params& params) {
        return std::clamp(params.initial.si(), params.gap_min.si(), params.gap_max.si());
    }

    static double scale(const Params& params, double gap) { return params.i0.si() * std::exp(-gap / params.g0.si()); }

    /// Voltage across the filament behind the series resistor: v + R I(v) = drive, by Newton from the drive itself,
    /// from where the convex branch converges monotonically.
    static double filament_voltage(const Params& params, double gap, double drive) {
        const double series = params.series.si();
        if (series == 0.0 || drive == 0.0) return drive;
        const double v0 = params.v0.si();
        const double most = series * scale(params, gap);
        double v = std::abs(drive);
        for (int step = 0; step < 200; ++step) {
            const double next = v - (v + most * std::sinh(v / v0) - std::abs(drive)) / (1.0 + most / v0 * std::cosh(v / v0));
            const bool done = std::abs(next - v) <= 1e-15 * std::abs(drive);
            v = next;
            if (done) break;
        }
        return std::copysign(v, drive);
    }

    static double current(const Params& params, double gap, double volts) {
        return scale(params, gap) * std::sinh(filament_voltage(params, gap, volts) / params.v0.si());
    }

    /// Speed of the gap, m/s.
    static double speed(const Params& params, double gap, double drive) {
        const double v = filament_voltage(params, gap, drive);
        const double nanometres = gap * 1e9;
        const double gamma = params.gamma0 - params.beta * nanometres * nanometres * nanometres;
        const double oxide = params.oxide.si();
        if (gamma * std::abs(v) / oxide < params.lowest_field) return 0.0;
        const double heat = std::abs(v * scale(params, gap) * std::sinh(v / params.v0.si()));
        const double per_volt = charge_over_boltzmann / (params.ambient.value() + heat * params.thermal_resistance);
        return -params.velocity * std::exp(-params.activation_energy * per_volt) *
               std::sinh(gamma * params.atomic_distance.si() / oxide * v * per_volt);
    }

    /// Integrates while the voltage keeps its sign, until `to`, a bound, or (`to_standstill`) the moment at which nothing
    /// moves: the gap, and the time reached.
    struct Place {
        double gap = 0.0;
        double time = 0.0;
    };
    static Place integrate(const Params& params, double gap, const Waveform& wave, double from, double to, bool to_standstill) {
        const auto [low, high] = range(params);
        const OdeTolerance tolerance{.relative = 1e-10, .absolute = 1e-16 * 1e-6};
        // Named again: Clang 14 captures no structured bindings.
        const auto slope = [&, low = low, high = high](double t, const std::array<double, 1>& y) {
            return std::array<double, 1>{speed(params, std::clamp(y[0], low, high), wave.value(t))};
        };
        double reached = from;
        const auto keep_inside = [&, low = low, high = high](double t, std::array<double, 1>& y) {
            y[0] = std::clamp(y[0], low, high);
            reached = t;
            const double v = wave.value(t);
            const bool at_bound = (v > 0.0 && y[0] == low) || (v < 0.0 && y[0] == high);
            if (at_bound || !to_standstill) return !at_bound;
            // Steps that end just short of the limit would grow ever smaller, so the last bit is taken at once.
            const double ahead = std::clamp(y[0] + std::copysign(1e-9 * (high - low), -v), low, high);
            if (speed(params, ahead, v) != 0.0) return true;
            if (speed(params, y[0], v) != 0.0) y[0] = ahead;
            return false;
        };
        const double middle = wave.value(0.5 * (from + to));
        if ((middle > 0.0 && gap <= low) || (middle < 0.0 && gap >= high)) return {gap, to};
        const double end = integrate_ode(slope, std::array<double, 1>{gap}, from, to, tolerance, keep_inside)[0];
        return {end, reached};
    }

    /// Where the gap is bound to under a voltage.
    static double bound(const Params& params, double volts) { return volts > 0.0 ? range(params).low : range(params).high; }

    /// The first gap on the way from `gap` to its bound at which a voltage moves nothing: RESET limits itself as the field
    /// falls with the gap, SET behind a series resistor as the current grows.
    static double limit(const Params& params, double gap, double volts) {
        const double last = bound(params, volts);
        constexpr int places = 64;
        double moving = gap;
        for (int k = 1; k <= places; ++k) {
            double still = gap + (last - gap) * k / places;
            if (speed(params, still, volts) != 0.0) {
                moving = still;
                continue;
            }
            for (int halving = 0; halving < 60; ++halving) {
                const double middle = 0.5 * (moving + still);
                (speed(params, middle, volts) != 0.0 ? moving : still) = middle;
            }
            return still;
        }
        return last;
    }

    /// Does the gap, at its limit before `moment` passes, move faster than the limit does?
    static bool keeps_up(const Params& params, double gap, const Waveform& wave, double time, double moment) {
        const double at = limit(params, gap, wave.value(time));
        const double volts = wave.value(time + moment);
        return std::abs(limit(params, at, volts) - at) <= moment * std::abs(speed(params, at, volts));
    }

    /// Under a voltage that grows in magnitude. The speed jumps to zero at the limit, and the limit moves on with the voltage:
    /// where the ions are faster than the limit, the gap goes with it, and no integrator could follow that jump by small steps.
    static double advance_growing(const Params& params, double gap, const Waveform& wave, double from, double to) {
        const auto moves = [&](double time) { return speed(params, gap, wave.value(time)) != 0.0; };
        const double moment = 1e-6 * (to - from);
        const double last = bound(params, wave.value(to));
        double time = from;
        while (time < to && gap != last) {
            if (!moves(time)) {
                if (!moves(to)) return gap;
                double still = time;
                time = to;
                for (int halving = 0; halving < 60; ++halving) {
                    const double middle = 0.5 * (still + time);
                    (moves(middle) ? time : still) = middle;
                }
                const double until = sliding_until(params, gap, wave, time, to, moment);
                if (until > time) {
                    gap = limit(params, gap, wave.value(until));
                    time = until;
                    continue;
                }
            }
            const Place place = integrate(params, gap, wave, time, to, true);
            if (place.time == time) return place.gap;
            gap = place.gap;
            time = place.time;
        }
        return gap;
    }
    /// How long a gap that stands at its limit goes with it, to within a hundredth of the way to `to`.
    static double sliding_until(const Params& params, double gap, const Waveform& wave, double time, double to, double moment) {
        constexpr int places = 100;
        for (int k = 0; k < places; ++k) {
            const double at = time + (to - time) * k / places;
            if (at + moment >= to) break;
            if (!keeps_up(params, gap, wave, at, moment)) return k == 0 ? time : time + (to - time) * (k - 1) / places;
        }
        return to;
    }

    static double advance(const Params& params, double gap, const Waveform& wave, double from, double to) {
        const bool constant = wave.shape == WaveShape::constant;
        const std::vector<double> times = wave.pieces(from, to, 0.0);
        for (std::size_t k = 0; k + 1 < times.size(); ++k) {
            if (times[k + 1] <= times[k]) continue;
            const bool growing = !constant && std::abs(wave.value(times[k + 1])) > std::abs(wave.value(times[k]));
            gap = growing ? advance_growing(params, gap, wave, times[k], times[k + 1])
                          : integrate(params, gap, wave, times[k], times[k + 1], constant).gap;
        }
        return gap;
    }
};

[[maybe_unused]] const bool registered = register_memristor<StanfordPku>();

}  // namespace
}  // namespace spikefab
