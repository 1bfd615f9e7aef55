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

    static double advance(const Params& params, double gap, const Waveform& wave, double from, double to) {
        const auto [low, high] = range(params);
        const bool constant = wave.shape == WaveShape::constant;
        const OdeTolerance tolerance{.relative = 1e-10, .absolute = 1e-16 * 1e-6};
        const auto slope = [&](double t, const std::array<double, 1>& y) {
            return std::array<double, 1>{speed(params, std::clamp(y[0], low, high), wave.volts(t))};
        };
        const auto keep_inside = [&](double t, std::array<double, 1>& y) {
            y[0] = std::clamp(y[0], low, high);
            const double v = wave.volts(t);
            const bool stays = (v > 0.0 && y[0] == low) || (v < 0.0 && y[0] == high) || speed(params, y[0], v) == 0.0;
            return !(constant && stays);
        };
        const std::vector<double> times = wave.pieces(from, to, 0.0);
        for (std::size_t k = 0; k + 1 < times.size(); ++k)
            if (times[k + 1] > times[k])
                gap = integrate_ode(slope, std::array<double, 1>{gap}, times[k], times[k + 1], tolerance, keep_inside)[0];
        return gap;
    }
};

[[maybe_unused]] const bool registered = register_memristor<StanfordPku>();

}  // namespace
}  // namespace spikefab
