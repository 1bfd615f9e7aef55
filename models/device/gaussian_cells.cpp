// SPDX-License-Identifier: Apache-2.0
// Cells with plain Gaussian errors of chosen size, for sweeps; with its defaults, perfect cells.
//
// sigma = absolute + relative g, the two generic error laws of CrossSim's generic devices (3.2); drift is the
// power law of phase-change memory with a free exponent.
#include "models/device/conductance_statistics.hpp"

#include <cmath>

namespace spikefab {
namespace {

struct GaussianCells {
    static constexpr std::string_view name = "gaussian";
    static constexpr std::string_view summary =
        "Gaussian programming, drift and read errors of chosen size; perfect by default";

    struct Params {
        Conductance absolute{0.0};
        double relative = 0.0;
        double drift_mean = 0.0;
        double drift_sigma = 0.0;
        Time t0 = Time::from_si(20.0);
        double read_noise = 0.0;
        static constexpr auto fields = std::tuple{
            field("sigma", &Params::absolute, {0.0, 1.0}, "programming error that does not depend on the conductance"),
            field("sigma_rel", &Params::relative, {0.0, 10.0}, "programming error as a share of the conductance"),
            field("drift", &Params::drift_mean, {-1.0, 1.0}, "mean exponent of the drift"),
            field("drift_sigma", &Params::drift_sigma, {0.0, 1.0}, "spread of the exponent between devices"),
            field("t0", &Params::t0, {1.0, 1e15}, "time from which drift counts"),
            field("read_noise", &Params::read_noise, {0.0, 1.0}, "relative standard deviation of a read")};
    };

    static double programming_sigma(const Params& params, double target) {
        return params.absolute.si() + params.relative * target;
    }
    static DriftMoments drift_moments(const Params& params, double /*programmed*/) {
        return {params.drift_mean, params.drift_sigma};
    }
    static double drifted(const Params& params, double programmed, double exponent, double seconds) {
        return programmed * std::pow(1.0 + seconds / params.t0.si(), -exponent);
    }
    static double read_sigma(const Params& params, double /*programmed*/, double now, double /*seconds*/) {
        return params.read_noise * now;
    }
};

[[maybe_unused]] const bool registered = register_conductance_statistics<GaussianCells>();

}  // namespace
}  // namespace spikefab
