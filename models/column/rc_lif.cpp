// SPDX-License-Identifier: Apache-2.0
// Leaky RC integrator with comparator, reset switch and refractory time: the usual analog neuron of a column.
//
// C v' = gain I - v / R_leak; a spike when v reaches v_th (C. Mead, Analog VLSI and Neural Systems, 1989; Gerstner
// et al., Neuronal Dynamics, 2014, section 1.3). The reset switch of resistance r_reset then pulls the node to
// ground, against leak and input, until v falls to v_reset (r_reset = 0: at once); after that the node is held for
// t_ref. All three phases have closed forms.
#include "base/error.hpp"
#include "models/column/column_neuron.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct RcLif {
    static constexpr std::string_view name = "rc_lif";
    static constexpr std::string_view summary = "leaky RC integrator with comparator, reset switch and refractory time";
    static constexpr std::string_view observable_meaning = "membrane voltage, V";

    struct Params {
        Capacitance capacitance{1.0};
        Resistance leak = Resistance::from_si(1e6);
        Voltage threshold{0.5};
        Voltage reset{0.0};
        Voltage initial{0.0};
        Resistance reset_switch{0.0};
        Time refractory{0.0};
        double gain = 1.0;
        Energy per_spike{1.0};
        Power idle{0.0};
        double threshold_sigma = 0.0;
        double leak_sigma = 0.0;
        double gain_sigma = 0.0;
        static constexpr auto fields =
            std::tuple{field("c", &Params::capacitance, {1e-6, 1e9}, "capacitance of the membrane"),
                       field("r_leak", &Params::leak, {1e-6, 1e15}, "leak resistance; tau = r_leak c"),
                       field("v_th", &Params::threshold, {1e-6, 1e3}, "comparator threshold"),
                       field("v_reset", &Params::reset, {-1e3, 1e3}, "voltage at which the reset ends"),
                       field("v_init", &Params::initial, {-1e3, 1e3}, "voltage at the start"),
                       field("r_reset", &Params::reset_switch, {0.0, 1e9}, "resistance of the reset switch; 0 = instant"),
                       field("t_ref", &Params::refractory, {0.0, 1e12}, "time for which the node is held after the reset"),
                       field("gain", &Params::gain, {0.0, 1e9}, "current mirror between column and membrane"),
                       field("e_spike", &Params::per_spike, {0.0, 1e9}, "energy of comparator, reset and pulse per spike"),
                       field("p_static", &Params::idle, {0.0, 1e6}, "bias power"),
                       field("v_th_sigma", &Params::threshold_sigma, {0.0, 1.0}, "relative mismatch of the threshold"),
                       field("r_leak_sigma", &Params::leak_sigma, {0.0, 1.0}, "relative mismatch of the leak"),
                       field("gain_sigma", &Params::gain_sigma, {0.0, 1.0}, "relative mismatch of the mirror")};
    };

    enum class Phase : std::uint8_t { integrating, resetting, held };
    struct State {
        Phase phase = Phase::integrating;
        double volts = 0.0;
        double remaining = 0.0;  ///< of the hold, s
    };

    static void check(const Params& params) {
        if (params.reset >= params.threshold || params.initial >= params.threshold)
            throw InputError{"rc_lif: v_reset and v_init must be below v_th, or the neuron would fire without end"};
    }
    /// Relative mismatch, kept away from zero and negative values.
    static double spread(double sigma, Rng& rng) { return std::max(0.05, 1.0 + sigma * rng.normal()); }
    static Params instance(Params params, Rng& rng) {
        const Voltage swing = params.threshold - std::max(params.reset, params.initial);
        params.threshold = std::max(params.threshold * spread(params.threshold_sigma, rng), params.threshold - swing * 0.95);
        params.leak = params.leak * spread(params.leak_sigma, rng);
        params.gain *= spread(params.gain_sigma, rng);
        return params;
    }
    static State initial(const Params& params) { return {.volts = params.initial.si()}; }
    static double spike_energy(const Params& params) { return params.per_spike.si(); }
    static double static_power(const Params& params) { return params.idle.si(); }
    static double observable(const State& state) { return state.volts; }

    /// Relaxation towards `target` with time constant `tau`.
    struct Relaxation {
        double target;
        double tau;
        [[nodiscard]] double after(double volts, double seconds) const {
            return target + (volts - target) * std::exp(-seconds / tau);
        }
        /// When v gets to `level`; never if it does not come nearer.
        [[nodiscard]] double until(double volts, double level) const {
            if (volts == level) return 0.0;
            const double ratio = (level - volts) / (target - level);
            return ratio > 0.0 && std::isfinite(ratio) ? tau * std::log1p(ratio) : never;
        }
    };
    static Relaxation charging(const Params& params, double current) {
        return {params.gain * current * params.leak.si(), params.leak.si() * params.capacitance.si()};
    }
    static Relaxation resetting(const Params& params, double current) {
        const double parallel = 1.0 / (1.0 / params.leak.si() + 1.0 / params.reset_switch.si());
        return {params.gain * current * parallel, parallel * params.capacitance.si()};
    }
    static double reset_time(const State& state, const Params& params, double current) {
        return resetting(params, current).until(state.volts, params.reset.si());
    }

    static void end_reset(State& state, const Params& params) {
        state.volts = params.reset.si();
        state.phase = Phase::held;
        state.remaining = params.refractory.si();
    }

    static void advance(State& state, const Params& params, double current, double seconds) {
        if (state.phase == Phase::resetting) {
            const double left = reset_time(state, params, current);
            if (seconds < left) {
                state.volts = resetting(params, current).after(state.volts, seconds);
                return;
            }
            seconds -= left;
            end_reset(state, params);
        }
        if (state.phase == Phase::held) {
            if (seconds < state.remaining) {
                state.remaining -= seconds;
                return;
            }
            seconds -= state.remaining;
            state.phase = Phase::integrating;
        }
        state.volts = charging(params, current).after(state.volts, seconds);
    }

    static double time_to_spike(const State& state, const Params& params, double current) {
        const double level = params.threshold.si();
        const Relaxation charge = charging(params, current);
        switch (state.phase) {
            case Phase::integrating:
                return state.volts >= level ? 0.0 : charge.until(state.volts, level);
            case Phase::held:
                return state.remaining + charge.until(params.reset.si(), level);
            case Phase::resetting:
                break;
        }
        return reset_time(state, params, current) + params.refractory.si() + charge.until(params.reset.si(), level);
    }

    static void fire(State& state, const Params& params) {
        state.phase = Phase::resetting;
        if (params.reset_switch.si() == 0.0) end_reset(state, params);
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<RcLif>();

}  // namespace
}  // namespace spikefab
