// SPDX-License-Identifier: Apache-2.0
// Izhikevich's simple model: two equations that show most firing patterns of cortical neurons.
//
//   v' = 0.04 v^2 + 5 v + 140 - u + I,   u' = a (b v - u);   at v >= 30 mV a spike, v = c, u = u + d
// Source: Izhikevich, IEEE Trans. Neural Networks 14(6):1569-1572 (2003), 10.1109/TNN.2003.820440. Integrated as in the
// paper's own program: forward Euler, v in two halves of a step, then u in one; the spike is tested at the step's end, where
// the program tests at the next one's start. v is held within +-10^6 mV, so that absurd input stays finite; the
// paper's neurons pass 1000 mV in the step of a spike.
#include "models/neuron/neuron_model.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

struct Izhikevich {
    static constexpr std::string_view name = "izhikevich";
    static constexpr std::string_view summary = "Izhikevich's two-variable neuron (2003), forward Euler, v in two half steps";
    using Input = double;

    static constexpr double peak = 30.0;
    static constexpr double bound = 1e6;

    struct Params {
        double a = 0.02;
        double b = 0.2;
        double c = -65.0;
        double d = 8.0;
        double bias = 0.0;
        double time_step = 1.0;
        double initial_v = -65.0;
        static constexpr auto fields =
            std::tuple{field("a", &Params::a, {0.0, 1.0}, "rate of u in 1/ms"),
                       field("b", &Params::b, {-10.0, 10.0}, "how strongly u follows v"),
                       field("c", &Params::c, {-200.0, 29.0}, "v after a spike in mV"),
                       field("d", &Params::d, {-1000.0, 1000.0}, "what a spike adds to u"),
                       field("bias", &Params::bias, {-1e6, 1e6}, "constant part of I"),
                       field("time_step", &Params::time_step, {1e-3, 1.0}, "length of a step in ms"),
                       field("initial_v", &Params::initial_v, {-200.0, 29.0}, "v before step 1 in mV; u is b v then")};
    };

    struct State {
        double potential = 0.0;
        double recovery = 0.0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "v, membrane potential in mV"),
                                                  field("recovery", &State::recovery, "u, membrane recovery")};
        bool operator==(const State&) const = default;
    };

    /// A box around the resting point that no step without input leaves. With x = v - v*, y = u - u*, s the slope of v' at v*:
    /// x' = s x + 0.04 x^2 - y and y' = a (b x - y), so |x| <= 1, |y| <= Y stays so when |b| <= Y <= |s| - 0.04; Euler
    /// keeps it, as half a step times (|s| + 0.08) and a step times a are below 1.
    struct Constants {
        explicit Constants(const Params& params) : written{params} {
            const double half = (5.0 - params.b) / 0.08;
            const double inside = half * half - (140.0 + params.bias) / 0.04;
            if (inside < 0.0) return;  // no resting point
            rest = -half - std::sqrt(inside);
            const double slope = 0.08 * rest + 5.0;
            const double steepest = -slope - 0.04;
            if (std::abs(params.b) + 0.01 >= steepest || params.time_step / 2 * (0.08 - slope) >= 1.0) return;
            box = (std::abs(params.b) + steepest) / 2;
        }
        Params written;
        double rest = 0.0;
        double box = -1.0;  ///< Y; negative when there is no such box
    };

    static State initial(const Constants& constants) {
        return {constants.written.initial_v, constants.written.b * constants.written.initial_v};
    }

    static bool step(State& neuron, const Constants& constants, double input) {
        const Params& params = constants.written;
        double v = neuron.potential;
        for (int half = 0; half < 2; ++half) {
            const double slope = 0.04 * v * v + 5.0 * v + 140.0 - neuron.recovery + params.bias + input;
            v = std::clamp(v + params.time_step / 2 * slope, -bound, bound);
        }
        neuron.recovery += params.time_step * params.a * (params.b * v - neuron.recovery);
        neuron.potential = v;
        if (v < peak) return false;
        neuron.potential = params.c;
        neuron.recovery += params.d;
        return true;
    }

    static bool quiet(const State& neuron, const Constants& constants) {
        return std::abs(neuron.potential - constants.rest) <= 1.0 &&
               std::abs(neuron.recovery - constants.written.b * constants.rest) <= constants.box;
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<Izhikevich>();

}  // namespace
}  // namespace spikefab
