// SPDX-License-Identifier: Apache-2.0
// Phase-change memory: programming noise, drift and 1/f read noise of a million-device array.
//
// Moments of S. R. Nandakumar et al., ICECS 2019, 10.1109/ICECS46596.2019.8964852, as implemented by IBM's aihwkit
// (src/aihwkit/inference/noise/pcm.py, MIT): x = g / g_max,
//   sigma_prog = 0.26348 + 1.9650 x - 1.1731 x^2 uS;  g(t) = g ((t + t0) / t0)^-nu;
//   nu mean = clamp(-0.0155 ln x + 0.0244, 0.049, 0.1), sigma = clamp(-0.0125 ln x - 0.0059, 0.008, 0.045);
//   sigma_read = g(t) Qs sqrt(ln((t + t0 + t_read) / (2 t_read))), Qs = min(0.2, 0.0088 / max(x^0.65, 1e-3)).
// The fit holds for g up to 25 uS; t counts from t0 = 20 s after programming.
#include "models/device/conductance_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

struct Pcm {
    static constexpr std::string_view name = "pcm";
    static constexpr std::string_view summary =
        "phase-change memory (Nandakumar 2019): programming noise, drift, 1/f read noise";

    struct Params {
        Conductance g_max = Conductance::from_si(25e-6);
        Time t0 = Time::from_si(20.0);
        Time t_read = Time::from_si(250e-9);
        double programming_scale = 1.0;
        double drift_scale = 1.0;
        double read_scale = 1.0;
        static constexpr auto fields =
            std::tuple{field("g_max", &Params::g_max, {1e-9, 1.0}, "conductance at which the fit's x is 1"),
                       field("t0", &Params::t0, {1.0, 1e15}, "time after programming from which drift counts"),
                       field("t_read", &Params::t_read, {1e-3, 1e12}, "duration of a read, for the noise's bandwidth"),
                       field("programming_scale", &Params::programming_scale, {0.0, 100.0}, "factor on the programming noise"),
                       field("drift_scale", &Params::drift_scale, {0.0, 100.0}, "factor on the drift exponent"),
                       field("read_scale", &Params::read_scale, {0.0, 100.0}, "factor on the read noise")};
    };

    static double share(const Params& params, double conductance) { return conductance / params.g_max.si(); }

    static double programming_sigma(const Params& params, double target) {
        const double x = share(params, target);
        return params.programming_scale * 1e-6 * std::max(0.0, 0.26348 + (1.9650 - 1.1731 * x) * x);
    }
    static DriftMoments drift_moments(const Params& params, double programmed) {
        const double logarithm = std::log(std::max(share(params, programmed), 1e-9));
        return {.mean = params.drift_scale * std::clamp(-0.0155 * logarithm + 0.0244, 0.049, 0.1),
                .sigma = params.drift_scale * std::clamp(-0.0125 * logarithm - 0.0059, 0.008, 0.045)};
    }
    static double drifted(const Params& params, double programmed, double exponent, double seconds) {
        const double t0 = params.t0.si();
        return programmed * std::pow((seconds + t0) / t0, -exponent);
    }
    static double read_sigma(const Params& params, double programmed, double now, double seconds) {
        const double t_read = params.t_read.si();
        const double strength = std::min(0.2, 0.0088 / std::max(std::pow(share(params, programmed), 0.65), 1e-3));
        return params.read_scale * now * strength * std::sqrt(std::log((seconds + params.t0.si() + t_read) / (2.0 * t_read)));
    }
};

[[maybe_unused]] const bool registered = register_conductance_statistics<Pcm>();

}  // namespace
}  // namespace spikefab
