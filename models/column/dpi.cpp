// SPDX-License-Identifier: Apache-2.0
// Subthreshold neuron of the DYNAP chips: a DPI synapse into a DPI membrane with exponential positive feedback.
//
// I' = I / (tau (I + I_g)) [(I_g / I_tau)(I_in - I_tau) + (I_fb / I_tau)(I + I_g) - I], I_fb = I0 (I / I0)^(k / (k + 1));
// a spike at I_spike, then I0 for the refractory time: E. Chicca et al., Proc. IEEE 102(9), 2014,
// 10.1109/JPROC.2014.2313954, section IV, without adaptation. The column's current is the synapse's weight current.
// Defaults: those of Rockpool's DynapSim for DYNAP-SE2 (values only).
#include "base/error.hpp"
#include "models/column/column_neuron.hpp"
#include "models/column/dpi_synapse.hpp"
#include "models/numerics/dormand_prince.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct Dpi {
    static constexpr std::string_view name = "dpi";
    static constexpr std::string_view summary = "subthreshold DPI synapse and neuron with positive feedback (Chicca 2014)";
    static constexpr std::string_view observable_meaning = "membrane current, A";

    struct Params {
        Voltage thermal{0.025};
        Current dark = Current::from_si(5e-13);
        double kappa = 0.705;
        Capacitance membrane{3.0};
        Capacitance synapse{24.5};
        Current leak_membrane = Current::from_si(5.319148936170212e-12);
        Current leak_synapse = Current::from_si(8.687943262411346e-11);
        Current gain_membrane = Current::from_si(2.1276595744680848e-11);
        Current gain_synapse = Current::from_si(8.687943262411346e-9);
        Current spike = Current::from_si(1e-7);
        Time refractory = Time::from_si(1e-3);
        double gain = 1.0;
        Energy per_spike{260.0};
        Power idle{0.0};
        double mismatch = 0.0;
        static constexpr auto fields = std::tuple{
            field("u_t", &Params::thermal, {1e-3, 1.0}, "thermal voltage"),
            field("i_0", &Params::dark, {1e-18, 1.0}, "dark current, to which the membrane resets"),
            field("kappa", &Params::kappa, {0.1, 1.0}, "subthreshold slope factor"),
            field("c_mem", &Params::membrane, {1e-9, 1e9}, "membrane capacitance"),
            field("c_syn", &Params::synapse, {1e-12, 1e9}, "synapse capacitance"),
            field("i_tau_mem", &Params::leak_membrane, {1e-18, 1.0}, "membrane leak; tau = u_t c / (kappa i_tau)"),
            field("i_tau_syn", &Params::leak_synapse, {1e-18, 1.0}, "synapse leak"),
            field("i_gain_mem", &Params::gain_membrane, {1e-18, 1.0}, "membrane gain current I_g"),
            field("i_gain_syn", &Params::gain_synapse, {1e-18, 1.0}, "synapse gain current"),
            field("i_spike", &Params::spike, {1e-18, 1.0}, "membrane current at which it spikes"),
            field("t_ref", &Params::refractory, {0.0, 1e12}, "refractory time"),
            field("gain", &Params::gain, {0.0, 1e9}, "mirror between column current and weight current"),
            field("e_spike", &Params::per_spike, {0.0, 1e9}, "energy per spike"),
            field("p_static", &Params::idle, {0.0, 1e6}, "bias power"),
            field("mismatch", &Params::mismatch, {0.0, 1.0}, "relative mismatch of both leaks and of the spike current")};
    };

    struct State {
        double membrane = 0.0;  ///< A
        double synapse = 0.0;   ///< A
        double held = 0.0;      ///< refractory time left, s
    };

    static void check(const Params& params) {
        if (params.dark >= params.spike) throw InputError{"dpi: i_0 must be below i_spike, or the neuron would fire at rest"};
    }
    static double spread(double sigma, Rng& rng) { return std::exp(sigma * rng.normal()); }
    static Params instance(Params params, Rng& rng) {
        params.leak_membrane = params.leak_membrane * spread(params.mismatch, rng);
        params.leak_synapse = params.leak_synapse * spread(params.mismatch, rng);
        params.spike = std::max(params.spike * spread(params.mismatch, rng), params.dark * 2.0);
        return params;
    }
    static State initial(const Params& params) { return {.membrane = params.dark.si()}; }
    static double spike_energy(const Params& params) { return params.per_spike.si(); }
    static double static_power(const Params& params) { return params.idle.si(); }
    static double observable(const State& state) { return state.membrane; }

    static DpiFilter filter(const Params& params) {
        return {.tau = params.thermal.si() * params.synapse.si() / (params.kappa * params.leak_synapse.si()),
                .gain = params.gain_synapse / params.leak_synapse};
    }
    static double membrane_tau(const Params& params) {
        return params.thermal.si() * params.membrane.si() / (params.kappa * params.leak_membrane.si());
    }

    /// d(ln I)/dt. The membrane does not fall below the dark current.
    static double slope(const Params& params, double logarithm, double input) {
        const double dark = params.dark.si();
        const double membrane = dark * std::exp(logarithm);
        const double leak = params.leak_membrane.si();
        const double gain = params.gain_membrane.si();
        const double feedback = dark * std::exp(logarithm * params.kappa / (params.kappa + 1.0));
        const double rate = (gain / leak * (input - leak) + feedback / leak * (membrane + gain) - membrane) /
                            (membrane_tau(params) * (membrane + gain));
        return logarithm <= 0.0 && rate < 0.0 ? 0.0 : rate;
    }

    using Log = std::array<double, 1>;
    static constexpr OdeTolerance tolerance{.relative = 1e-9, .absolute = 1e-10};

    /// The time at which ln(I / I0) reaches `level` within `seconds`, and the value reached at the end otherwise.
    struct Run {
        double time = never;
        double logarithm = 0.0;
    };
    static Run run(const Params& params, const State& state, double current, double seconds, double level) {
        const DpiFilter synapse = filter(params);
        const double weight = params.gain * current;
        const auto input_at = [&](double t) { return synapse.after(state.synapse, weight, t); };
        const auto rate = [&](double t, const Log& y) { return Log{slope(params, y[0], input_at(t))}; };
        const bool falling = synapse.gain * weight <= state.synapse;
        Run result;
        double before = 0.0;
        Log last{std::log(state.membrane / params.dark.si())};
        const auto watch = [&](double t, Log& y) {
            y[0] = std::max(y[0], 0.0);
            if (y[0] >= level) {
                result.time = crossing(params, rate, before, last, t - before, level);
                return false;
            }
            // Once the membrane falls under an input that no longer rises, it cannot turn again; and near a resting
            // point under a settled input nothing happens any more.
            const double slowness = rate(t, y)[0] * membrane_tau(params);
            const bool settled = falling || t > 40.0 * synapse.tau;
            if (level < never && settled && slowness < 1e-9) return false;
            before = t;
            last = y;
            return true;
        };
        result.logarithm = integrate_ode(rate, last, 0.0, seconds, tolerance, watch)[0];
        return result;
    }
    /// Where in the step of length h from (t, y) the level is reached: the step again, shortened by bisection.
    template <class Rate>
    static double crossing(const Params& /*params*/, Rate& rate, double t, const Log& y, double h, double level) {
        const Log k1 = rate(t, y);
        double low = 0.0;
        double high = h;
        for (int halving = 0; halving < 60 && high - low > 1e-13 * h; ++halving) {
            const double middle = 0.5 * (low + high);
            (dormand_prince_step(rate, t, y, k1, middle, tolerance).y[0] >= level ? high : low) = middle;
        }
        return t + high;
    }

    static void advance(State& state, const Params& params, double current, double seconds) {
        const double hold = std::min(state.held, seconds);
        state.synapse = filter(params).after(state.synapse, params.gain * current, hold);
        state.held -= hold;
        seconds -= hold;
        if (seconds <= 0.0) return;
        const Run result = run(params, state, current, seconds, never);
        state.membrane = std::min(params.dark.si() * std::exp(result.logarithm), params.spike.si());
        state.synapse = filter(params).after(state.synapse, params.gain * current, seconds);
    }

    /// True when somewhere between the membrane and the spike even the largest input to come would pull the membrane down: it
    /// cannot pass there. (False says nothing.)
    static bool stays_below(const State& state, const Params& params, double current) {
        const double most = std::max(state.synapse, filter(params).gain * params.gain * current);
        const double from = std::log(state.membrane / params.dark.si());
        const double to = std::log(params.spike / params.dark);
        constexpr int places = 16;
        for (int k = 1; k <= places; ++k)
            if (slope(params, from + (to - from) * k / places, most) < 0.0) return true;
        return false;
    }

    static double time_to_spike(State state, const Params& params, double current) {
        const double hold = state.held;
        if (hold > 0.0) advance(state, params, current, hold);
        const double level = std::log(params.spike / params.dark);
        if (state.membrane >= params.spike.si()) return hold;
        // Resting under no input needs no look ahead.
        if (current <= 0.0 && state.synapse < 1e-3 * params.dark.si() && state.membrane <= params.dark.si()) return never;
        if (stays_below(state, params, current)) return never;
        const double horizon = 1e3 * (filter(params).tau + membrane_tau(params));
        return hold + run(params, state, current, horizon, level).time;
    }

    static void fire(State& state, const Params& params) {
        state.membrane = params.dark.si();
        state.held = params.refractory.si();
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<Dpi>();

}  // namespace
}  // namespace spikefab
