// SPDX-License-Identifier: Apache-2.0
// RRAM programmed by the IGVVA-100 algorithm: spread of the conductance after write and verify.
//
// V. Milo et al., "Optimized programming algorithms for multilevel RRAM in hardware neural networks", IEEE IRPS
// 2021, 10.1109/IRPS46558.2021.9405119, Fig. 4; the linear fit, sigma = max(4.782321 uS - 0.009107 g, 0), is
// CrossSim's (simulator/devices/custom/RRAM_Milo.py, BSD-3) and holds for 50 to 225 uS.
#include "models/device/conductance_statistics.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct RramMilo {
    static constexpr std::string_view name = "rram_milo";
    static constexpr std::string_view summary = "RRAM after write-verify (Milo 2021), 50 to 225 uS";

    struct Params {
        double programming_scale = 1.0;
        double read_noise = 0.0;
        static constexpr auto fields =
            std::tuple{field("programming_scale", &Params::programming_scale, {0.0, 100.0}, "factor on the programming error"),
                       field("read_noise", &Params::read_noise, {0.0, 1.0}, "relative standard deviation of a read")};
    };

    static double programming_sigma(const Params& params, double target) {
        return params.programming_scale * std::max(4.782321e-6 - 0.009107 * target, 0.0);
    }
    static DriftMoments drift_moments(const Params& /*params*/, double /*programmed*/) { return {}; }
    static double drifted(const Params& /*params*/, double programmed, double /*exponent*/, double /*seconds*/) {
        return programmed;
    }
    static double read_sigma(const Params& params, double /*programmed*/, double now, double /*seconds*/) {
        return params.read_noise * now;
    }
};

[[maybe_unused]] const bool registered = register_conductance_statistics<RramMilo>();

}  // namespace
}  // namespace spikefab
