// SPDX-License-Identifier: Apache-2.0
// Domain-wall leaky integrate-and-fire neuron: the wall's position is the membrane, a tunnel junction the threshold.
//
// q' = mobility (J - sign(J) J_depin)+ - leak(q), clamped to the wire; a spike when q reaches the junction at
// `fire_at`, then a reset pulse of t_reset. Below Walker breakdown the mobility is (beta/alpha) muB P / (e Ms)
// (Thiaville et al., 10.1209/epl/i2004-10452-6); an anisotropy gradient leaks at nearly constant speed, not
// exponentially (N. Hassan et al., 10.1063/1.5042452), so the leak is a law of its own: constant, linear in q, or a
// table. A firing neuron pushes its neighbours' walls back (lateral inhibition by stray field). Values are nominal.
#include "base/error.hpp"
#include "models/column/column_neuron.hpp"
#include "models/numerics/physical_constants.hpp"

#include <algorithm>

namespace spikefab {
namespace {

enum class LeakLaw : std::uint8_t { constant, linear, table };
constexpr auto enum_names(LeakLaw) {
    return std::array<std::string_view, 3>{"constant", "linear", "table"};
}

/// Speed of the leak at equally spaced positions from 0 to the wire's length.
struct LeakParams {
    LeakLaw law = LeakLaw::constant;
    double speed = 34.0;
    std::vector<double> table{};
    static constexpr auto fields =
        std::tuple{field("law", &LeakParams::law, "constant: v everywhere; linear: from 0 to v at the far end; table"),
                   field("v", &LeakParams::speed, {0.0, 1e6}, "speed of the leak, m/s"),
                   field("table", &LeakParams::table, {0.0, 1e6}, "speeds in m/s at equal distances along the wire")};
};

struct DwLif {
    static constexpr std::string_view name = "dw_lif";
    static constexpr std::string_view summary =
        "domain-wall neuron: the wall integrates, leaks by its law, and fires at a junction";
    static constexpr std::string_view observable_meaning = "position of the wall, m";

    struct Params {
        Length length = Length::from_si(250e-9);
        Length width = Length::from_si(50e-9);
        Length thickness = Length::from_si(3e-9);
        double damping = 0.1;
        double nonadiabaticity = 0.2;
        double polarisation = 0.7;
        double saturation = 8e5;
        double depinning = 0.0;
        double gain = 1.0;
        LeakParams leak{};
        double fire_at = 0.9;
        Time reset{2.0};
        Resistance resistance = Resistance::from_si(1e3);
        Energy per_spike{0.01};
        double inhibition = 0.0;
        std::uint32_t inhibition_range = 0;
        double mobility_sigma = 0.0;
        double position_sigma = 0.0;
        static constexpr auto fields = std::tuple{
            field("length", &Params::length, {1e-4, 1e6}, "length of the wire"),
            field("width", &Params::width, {1e-4, 1e6}, "width of the wire"),
            field("thickness", &Params::thickness, {1e-5, 1e3}, "thickness of the wire"),
            field("alpha", &Params::damping, {1e-6, 1.0}, "Gilbert damping"),
            field("beta", &Params::nonadiabaticity, {0.0, 10.0}, "non-adiabaticity of the torque"),
            field("p", &Params::polarisation, {0.0, 1.0}, "spin polarisation"),
            field("ms", &Params::saturation, {1e3, 1e7}, "saturation magnetisation, A/m"),
            field("j_depin", &Params::depinning, {0.0, 1e15}, "current density that frees the wall, A/m2"),
            field("gain", &Params::gain, {0.0, 1e9}, "mirror between column and wire"),
            field("leak", &Params::leak, "how the wall returns"),
            field("fire_at", &Params::fire_at, {1e-3, 1.0}, "place of the junction as a share of the length"),
            field("t_reset", &Params::reset, {0.0, 1e12}, "time that the reset takes; input is lost meanwhile"),
            field("r_wire", &Params::resistance, {0.0, 1e9}, "resistance of the wire"),
            field("e_spike", &Params::per_spike, {0.0, 1e9}, "energy of sensing and reset per spike"),
            field("inhibition", &Params::inhibition, {0.0, 1.0},
                  "push on the neighbours of a firing neuron, as a share of the length"),
            field("inhibition_range", &Params::inhibition_range, {0, 65535}, "neighbours on each side that are pushed"),
            field("mobility_sigma", &Params::mobility_sigma, {0.0, 1.0}, "relative spread of the wall's mobility"),
            field("fire_at_sigma", &Params::position_sigma, {0.0, 1.0}, "relative spread of the junction's place")};
    };

    struct State {
        double position = 0.0;  ///< m
        double held = 0.0;      ///< s
    };

    static void check(const Params& params) {
        if (params.leak.law == LeakLaw::table && params.leak.table.size() < 2)
            throw InputError{"dw_lif: leak.table needs at least two speeds, at the two ends of the wire"};
    }
    static Params instance(Params params, Rng& rng) {
        params.polarisation *= std::max(0.05, 1.0 + params.mobility_sigma * rng.normal());
        params.fire_at = std::clamp(params.fire_at * (1.0 + params.position_sigma * rng.normal()), 0.05, 1.0);
        return params;
    }
    static State initial(const Params& /*params*/) { return {}; }
    static double spike_energy(const Params& params) { return params.per_spike.si(); }
    static double static_power(const Params& /*params*/) { return 0.0; }
    static double power(const Params& params, double current) {
        const double amperes = params.gain * current;
        return amperes * amperes * params.resistance.si();
    }
    static double observable(const State& state) { return state.position; }

    static double push(const Params& params, double current) {
        const double density = params.gain * current / (params.width.si() * params.thickness.si());
        const double mobility = params.nonadiabaticity / params.damping * bohr_magneton * params.polarisation /
                                (elementary_charge * params.saturation);
        return mobility * std::copysign(std::max(0.0, std::abs(density) - params.depinning), density);
    }

    /// Ends of the stretches of wire in which the leak is linear in q, and the leak there.
    static std::size_t stretches(const Params& params) {
        return params.leak.law == LeakLaw::table ? params.leak.table.size() - 1 : 1;
    }
    static double stretch_end(const Params& params, std::size_t k) {
        return params.length.si() * static_cast<double>(k) / static_cast<double>(stretches(params));
    }
    static double leak_at_end(const Params& params, std::size_t k) {
        switch (params.leak.law) {
            case LeakLaw::constant:
                return params.leak.speed;
            case LeakLaw::linear:
                return k == 0 ? 0.0 : params.leak.speed;
            case LeakLaw::table:
                break;
        }
        return params.leak.table[k];
    }

    /// Within a stretch q' = a - b (q - low): constant speed for b = 0, exponential else.
    struct Motion {
        double low, high, a, b;
        [[nodiscard]] double speed(double q) const { return a - b * (q - low); }
        [[nodiscard]] double after(double q, double seconds) const {
            return b == 0.0 ? q + a * seconds : q - speed(q) * std::expm1(-b * seconds) / b;
        }
        /// When q gets to `level`; never if it moves away or stops before.
        [[nodiscard]] double until(double q, double level) const {
            const double v = speed(q);
            if (level == q) return 0.0;
            if (v == 0.0 || (level > q) != (v > 0.0)) return never;
            const double share = (level - q) / v;
            if (b == 0.0) return share;
            return b * share < 1.0 ? -std::log1p(-b * share) / b : never;
        }
    };
    static Motion motion(const Params& params, double q, double push, bool forward) {
        const std::size_t count = stretches(params);
        std::size_t k = 0;
        while (k + 1 < count && q >= stretch_end(params, k + 1)) ++k;
        if (!forward && k > 0 && q <= stretch_end(params, k)) --k;
        const double low = stretch_end(params, k);
        const double high = stretch_end(params, k + 1);
        const double slope = (leak_at_end(params, k + 1) - leak_at_end(params, k)) / (high - low);
        return {low, high, push - leak_at_end(params, k), slope};
    }

    /// Moves q for at most `seconds` or until it reaches `level`; returns the time used.
    static double travel(const Params& params, double current, double& q, double seconds, double level) {
        const double drive = push(params, current);
        double used = 0.0;
        while (used < seconds && q < level) {
            const Motion probe = motion(params, q, drive, true);
            const bool forward = probe.speed(q) > 0.0;
            const Motion here = forward ? probe : motion(params, q, drive, false);
            if (here.speed(q) == 0.0 || (!forward && (q <= 0.0 || here.speed(q) > 0.0))) return seconds;  // rests
            if (forward && q >= params.length.si()) return seconds;                                       // at the end stop
            const double target = forward ? std::min(here.high, level) : here.low;
            const double time = here.until(q, target);
            if (used + time > seconds) {
                q = here.after(q, seconds - used);
                return seconds;
            }
            q = target;
            used += time;
        }
        return used;
    }

    static double threshold(const Params& params) { return params.fire_at * params.length.si(); }
    static void advance(State& state, const Params& params, double current, double seconds) {
        const double hold = std::min(state.held, seconds);
        state.held -= hold;
        travel(params, current, state.position, seconds - hold, never);
    }
    static double time_to_spike(const State& state, const Params& params, double current) {
        double q = state.position;
        const double level = threshold(params);
        const double used = travel(params, current, q, 1e6, level);
        return q >= level ? state.held + used : never;
    }
    static void fire(State& state, const Params& params) { state = {.position = 0.0, .held = params.reset.si()}; }

    static std::uint32_t inhibition_range(const Params& params) {
        return params.inhibition > 0.0 ? params.inhibition_range : 0;
    }
    static void inhibit(State& state, const Params& params) {
        state.position = std::max(0.0, state.position - params.inhibition * params.length.si());
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<DwLif>();

}  // namespace
}  // namespace spikefab
