// SPDX-License-Identifier: Apache-2.0
// RRAM of the NeuRRAM chip: spread of the conductance one second after write and verify.
//
// W. Wan et al., "A compute-in-memory chip based on resistive random-access memory", Nature 608, 2022,
// 10.1038/s41586-022-04992-8, Extended Data Fig. 3 (t = 1 s); the cubic fit is CrossSim's
// (simulator/devices/custom/RRAM_Wan.py, BSD-3) and holds up to 39.26 uS.
#include "models/device/conductance_statistics.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct RramWan {
    static constexpr std::string_view name = "rram_wan";
    static constexpr std::string_view summary = "RRAM of NeuRRAM after write-verify (Wan 2022), up to 39 uS";

    struct Params {
        double programming_scale = 1.0;
        double read_noise = 0.0;
        static constexpr auto fields =
            std::tuple{field("programming_scale", &Params::programming_scale, {0.0, 100.0}, "factor on the programming error"),
                       field("read_noise", &Params::read_noise, {0.0, 1.0}, "relative standard deviation of a read")};
    };

    static double programming_sigma(const Params& params, double target) {
        const double g = target * 1e6;  // uS
        return params.programming_scale * 1e-6 * std::max(((1.536e-4 * g - 1.167e-2) * g + 2.374e-1) * g + 1.053, 0.0);
    }
    static DriftMoments drift_moments(const Params& /*params*/, double /*programmed*/) { return {}; }
    static double drifted(const Params& /*params*/, double programmed, double /*exponent*/, double /*seconds*/) {
        return programmed;
    }
    static double read_sigma(const Params& params, double /*programmed*/, double now, double /*seconds*/) {
        return params.read_noise * now;
    }
};

[[maybe_unused]] const bool registered = register_conductance_statistics<RramWan>();

}  // namespace
}  // namespace spikefab
