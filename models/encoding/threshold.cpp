// SPDX-License-Identifier: Apache-2.0
// Black and white: a pixel above the threshold spikes at every step, any other never.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Threshold {
    static constexpr std::string_view name = "threshold";
    static constexpr std::string_view summary = "a spike at every step where the value exceeds the threshold";
    struct Params {
        double threshold = 0.5;
        static constexpr auto fields =
            std::tuple{field("threshold", &Params::threshold, {0.0, 1.0}, "value above which it spikes")};
    };

    static bool spikes(double& /*memory*/, const Params& params, double value, const PixelStep& /*at*/) {
        return value > params.threshold;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Threshold>();

}  // namespace
}  // namespace spikefab
