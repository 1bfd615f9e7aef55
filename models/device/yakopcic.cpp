// SPDX-License-Identifier: Apache-2.0
// Generalised memristor of Yakopcic: sinh conduction, exponential thresholds, boundary-dependent motion.
//
// C. Yakopcic et al., "Generalized memristive device SPICE model and its application in circuit design", IEEE
// Trans. CAD 32(8), 2013, 10.1109/TCAD.2013.2252057, eq. 1 to 6:
//   i = a1 x sinh(b v) for v >= 0, a2 x sinh(b v) below; x' = eta g(v) f(x);
//   g = Ap (e^v - e^Vp) above Vp, -An (e^-v - e^Vn) below -Vn, else 0;
//   f (moving up) = exp(-alphap (x - xp)) ((xp - x)/(1 - xp) + 1) for x >= xp, else 1;
//   f (moving down) = exp(alphan (x + xn - 1)) x / (1 - xn) for x <= 1 - xn, else 1.
// Defaults: the parameter set of Xyce's regression netlist for this model. (Xyce's own default Vn is negative;
// here Vn is a magnitude.)
#include "models/device/memristor.hpp"
#include "models/device/separable.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

struct Yakopcic {
    static constexpr std::string_view name = "yakopcic";
    static constexpr std::string_view summary =
        "generalised memristor (Yakopcic 2013), sinh conduction and exponential thresholds";
    static constexpr std::string_view state_meaning = "state x, 0 to 1";

    struct Params {
        Current a1 = Current::from_si(0.17);
        Current a2 = Current::from_si(0.17);
        double b = 0.05;
        Voltage v_p{0.16};
        Voltage v_n{0.15};
        double a_p = 4000.0;
        double a_n = 4000.0;
        double x_p = 0.3;
        double x_n = 0.5;
        double alpha_p = 1.0;
        double alpha_n = 5.0;
        double eta = 1.0;
        double initial = 0.11;
        static constexpr auto fields =
            std::tuple{field("a1", &Params::a1, {0.0, 1e9}, "current scale for positive voltage"),
                       field("a2", &Params::a2, {0.0, 1e9}, "current scale for negative voltage"),
                       field("b", &Params::b, {1e-9, 1e3}, "inverse voltage scale of the conduction, 1/V"),
                       field("v_p", &Params::v_p, {0.0, 1e3}, "positive threshold"),
                       field("v_n", &Params::v_n, {0.0, 1e3}, "negative threshold, as a magnitude"),
                       field("a_p", &Params::a_p, {0.0, 1e15}, "speed above the positive threshold, 1/s"),
                       field("a_n", &Params::a_n, {0.0, 1e15}, "speed below the negative threshold, 1/s"),
                       field("x_p", &Params::x_p, {0.0, 0.999999}, "state above which rising slows down"),
                       field("x_n", &Params::x_n, {0.0, 0.999999}, "1 - state below which falling slows down"),
                       field("alpha_p", &Params::alpha_p, {0.0, 1e3}, "decay of the speed above x_p"),
                       field("alpha_n", &Params::alpha_n, {0.0, 1e3}, "decay of the speed below 1 - x_n"),
                       field("eta", &Params::eta, {-1.0, 1.0}, "1, or -1 when positive voltage lowers the state"),
                       field("initial", &Params::initial, {0.0, 1.0}, "state at the start")};
    };

    static StateRange range(const Params& /*params*/) { return {0.0, 1.0}; }
    static double initial(const Params& params) { return params.initial; }
    static double current(const Params& params, double x, double volts) {
        return (volts >= 0.0 ? params.a1 : params.a2).si() * x * std::sinh(params.b * volts);
    }

    static double drive(const Params& params, double volts) {
        if (volts > params.v_p.si()) return params.eta * params.a_p * (std::exp(volts) - std::exp(params.v_p.si()));
        if (volts < -params.v_n.si()) return -params.eta * params.a_n * (std::exp(-volts) - std::exp(params.v_n.si()));
        return 0.0;
    }
    static double mobility(const Params& params, double x, bool rising) {
        if (rising && x > params.x_p)
            return std::exp(-params.alpha_p * (x - params.x_p)) * ((params.x_p - x) / (1.0 - params.x_p) + 1.0);
        if (!rising && x < 1.0 - params.x_n) return std::exp(params.alpha_n * (x + params.x_n - 1.0)) * x / (1.0 - params.x_n);
        return 1.0;
    }

    static double advance(const Params& params, double x, const Waveform& wave, double from, double to) {
        std::vector<double> times = wave.pieces(from, to, params.v_p.si());
        std::ranges::copy(wave.pieces(from, to, -params.v_n.si()), std::back_inserter(times));
        std::ranges::sort(times);
        const auto at = [&](double time) { return drive(params, wave.value(time)); };
        for (std::size_t k = 0; k + 1 < times.size(); ++k) {
            if (times[k + 1] <= times[k]) continue;
            const double total =
                wave.shape == WaveShape::constant
                    ? at(times[k]) * (times[k + 1] - times[k])
                    : boost::math::quadrature::gauss_kronrod<double, 15>::integrate(at, times[k], times[k + 1], 5, 1e-9);
            x = advance_separable(
                x, total, [&](double state) { return mobility(params, state, total > 0.0); }, 0.0, 1.0);
        }
        return x;
    }
};

[[maybe_unused]] const bool registered = register_memristor<Yakopcic>();

}  // namespace
}  // namespace spikefab
