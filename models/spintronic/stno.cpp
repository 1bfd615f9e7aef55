// SPDX-License-Identifier: Apache-2.0
// A neuron that fires when its spin-torque oscillator's power has grown to a threshold.
//
// The column current drives the oscillator; a power detector fires and quenches it, which is integrate-and-fire with
// the oscillator's own logistic growth as integrator and its damping as leak. Equations: auto_oscillator.hpp. The
// default values are nominal, not those of one device.
#include "base/error.hpp"
#include "models/column/column_neuron.hpp"
#include "models/spintronic/auto_oscillator.hpp"

#include <numbers>

namespace spikefab {
namespace {

struct Stno {
    static constexpr std::string_view name = "stno";
    static constexpr std::string_view summary = "spin-torque oscillator that fires when its power reaches a threshold";
    static constexpr std::string_view observable_meaning = "power of the oscillation";

    struct Params {
        Frequency frequency{6.0};
        Frequency shift{-1.5};
        Frequency damping{0.12};
        double nonlinear_damping = 1.5;
        Current threshold_current = Current::from_si(100e-6);
        double bias = 0.0;
        double gain = 1.0;
        double fire_at = 0.1;
        double noise_floor = 1e-3;
        Time refractory{0.0};
        Energy per_spike{0.1};
        Resistance resistance = Resistance::from_si(1e3);
        double threshold_sigma = 0.0;
        static constexpr auto fields = std::tuple{
            field("w0", &Params::frequency, {1e-9, 1e6}, "frequency of small oscillations"),
            field("n", &Params::shift, {-1e6, 1e6}, "frequency shift per unit of power"),
            field("gamma", &Params::damping, {1e-12, 1e6}, "damping rate over 2 pi"),
            field("q", &Params::nonlinear_damping, {0.0, 1e3}, "growth of the damping with power"),
            field("i_th", &Params::threshold_current, {1e-12, 1e3}, "threshold current of auto-oscillation"),
            field("i_bias", &Params::bias, {-100.0, 100.0}, "bias as a share of the threshold current"),
            field("gain", &Params::gain, {0.0, 1e9}, "mirror between column and oscillator"),
            field("fire_at", &Params::fire_at, {1e-9, 1.0}, "power at which the detector fires"),
            field("p_init", &Params::noise_floor, {1e-12, 1.0}, "power left by thermal noise, from which growth starts"),
            field("t_ref", &Params::refractory, {0.0, 1e12}, "time for which the oscillator is quenched after a spike"),
            field("e_spike", &Params::per_spike, {0.0, 1e9}, "energy of detector and quench per spike"),
            field("r", &Params::resistance, {0.0, 1e9}, "resistance of the oscillator"),
            field("i_th_sigma", &Params::threshold_sigma, {0.0, 1.0}, "relative mismatch of the threshold current")};
    };

    struct State {
        double power = 0.0;
        double held = 0.0;  ///< s
    };

    static void check(const Params& params) {
        if (params.noise_floor >= params.fire_at)
            throw InputError{"stno: p_init must be below fire_at, or the neuron would fire without end"};
    }
    static Params instance(Params params, Rng& rng) {
        params.threshold_current = params.threshold_current * std::max(0.05, 1.0 + params.threshold_sigma * rng.normal());
        return params;
    }
    static State initial(const Params& params) { return {.power = params.noise_floor}; }
    static double spike_energy(const Params& params) { return params.per_spike.si(); }
    static double static_power(const Params& /*params*/) { return 0.0; }
    static double observable(const State& state) { return state.power; }
    static double through(const Params& params, double current) {
        return params.gain * current + params.bias * params.threshold_current.si();
    }
    static double power(const Params& params, double current) {
        const double amperes = through(params, current);
        return amperes * amperes * params.resistance.si();
    }

    static AutoOscillator oscillator(const Params& params) {
        constexpr double turn = 2.0 * std::numbers::pi;
        return {.frequency = turn * params.frequency.si(),
                .shift = turn * params.shift.si(),
                .damping = turn * params.damping.si(),
                .nonlinear_damping = params.nonlinear_damping};
    }
    static double drive(const Params& params, double current) {
        return through(params, current) / params.threshold_current.si();
    }

    static void advance(State& state, const Params& params, double current, double seconds) {
        const double hold = std::min(state.held, seconds);
        state.held -= hold;
        // Noise keeps a quiet oscillator from dying out altogether.
        state.power =
            std::max(oscillator(params).power_after(state.power, drive(params, current), seconds - hold), params.noise_floor);
    }
    static double time_to_spike(const State& state, const Params& params, double current) {
        return state.held + oscillator(params).time_to_power(state.power, drive(params, current), params.fire_at);
    }
    static void fire(State& state, const Params& params) {
        state = {.power = params.noise_floor, .held = params.refractory.si()};
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<Stno>();

}  // namespace
}  // namespace spikefab
