// SPDX-License-Identifier: Apache-2.0
// A spin-torque nano-oscillator under a drive current: power, phase and frequency over time.
//
// Equations and source: auto_oscillator.hpp; closed forms under a constant drive, integrated under any other. The default
// values are nominal, those of the neuron (stno.cpp).
#include "models/device/dynamic_device.hpp"
#include "models/numerics/dormand_prince.hpp"
#include "models/spintronic/auto_oscillator.hpp"

#include <cmath>
#include <numbers>
#include <span>

namespace spikefab {
namespace {

constexpr double turn = 2.0 * std::numbers::pi;

struct OscillatorDevice {
    static constexpr std::string_view name = "oscillator";
    static constexpr std::string_view summary = "spin-torque nano-oscillator (Slavin 2009): power, phase, frequency";
    static constexpr std::array variables{Variable{"power", ""}, Variable{"phase", "rad"}, Variable{"frequency", "Hz"}};
    static constexpr std::string_view plotted = "steady_power";

    struct Params {
        Frequency frequency{6.0};
        Frequency shift{-1.5};
        Frequency damping{0.12};
        double nonlinear_damping = 1.5;
        Current threshold = Current::from_si(100e-6);
        double initial = 1e-3;
        static constexpr auto fields =
            std::tuple{field("w0", &Params::frequency, {1e-9, 1e6}, "frequency of small oscillations"),
                       field("n", &Params::shift, {-1e6, 1e6}, "frequency shift per unit of power"),
                       field("gamma", &Params::damping, {1e-12, 1e6}, "damping rate over 2 pi"),
                       field("q", &Params::nonlinear_damping, {0.0, 1e3}, "growth of the damping with power"),
                       field("i_th", &Params::threshold, {1e-12, 1e3}, "threshold current of auto-oscillation"),
                       field("p_init", &Params::initial, {0.0, 1.0}, "power at the start")};

        [[nodiscard]] AutoOscillator oscillator() const {
            return {.frequency = turn * frequency.si(),
                    .shift = turn * shift.si(),
                    .damping = turn * damping.si(),
                    .nonlinear_damping = nonlinear_damping};
        }
    };
    struct State {
        double power = 0.0;
        double phase = 0.0;
    };

    static std::optional<double> amperes_per(const Params& params, DriveUnit unit) {
        if (unit == DriveUnit::ampere) return 1.0;
        if (unit == DriveUnit::relative) return params.threshold.si();
        return std::nullopt;
    }
    static State start(const Params& params, Rng& /*rng*/) { return {.power = params.initial}; }

    static void advance(const Params& params, State& state, const Waveform& drive, double from, double to) {
        const AutoOscillator oscillator = params.oscillator();
        if (drive.shape == WaveShape::constant) {
            const double relative = drive.value(from) / params.threshold.si();
            state.phase += oscillator.phase_after(state.power, relative, to - from);
            state.power = oscillator.power_after(state.power, relative, to - from);
            return;
        }
        if (state.power <= 0.0) {
            state.phase += oscillator.frequency * (to - from);
            return;
        }
        // In ln p nothing is stiff near p = 0, and p stays positive.
        const auto slope = [&](double time, const std::array<double, 2>& y) {
            const double p = std::exp(y[0]);
            const double gain = drive.value(time) / params.threshold.si() * (1.0 - p);
            return std::array<double, 2>{2.0 * oscillator.damping * (gain - 1.0 - oscillator.nonlinear_damping * p),
                                         oscillator.frequency + oscillator.shift * p};
        };
        const auto end = integrate_ode(slope, std::array<double, 2>{std::log(state.power), state.phase}, from, to,
                                       {.relative = 1e-12, .absolute = 1e-12});
        state = {.power = std::exp(end[0]), .phase = end[1]};
    }

    static void observe(const Params& params, const State& state, double /*amperes*/, std::vector<double>& values) {
        values.insert(values.end(), {state.power, state.phase, (params.frequency + params.shift * state.power).si()});
    }
    static std::vector<Figure> figures(const Params& params, Stimulus stimulus) {
        const AutoOscillator oscillator = params.oscillator();
        const double relative = stimulus.amperes / params.threshold.si();
        return {{{"relative_current", ""}, relative},
                {{"steady_power", ""}, oscillator.steady_power(relative)},
                {{"steady_frequency", "Hz"}, oscillator.steady_frequency(relative) / turn},
                {{"restoration", "1/s"}, oscillator.restoration(relative)},
                {{"nonlinearity", ""}, oscillator.nonlinearity(relative)}};
    }
};

[[maybe_unused]] const bool registered = register_dynamic_device<OscillatorDevice>();

}  // namespace
}  // namespace spikefab
