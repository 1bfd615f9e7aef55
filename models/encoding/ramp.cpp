// SPDX-License-Identifier: Apache-2.0
// Thermometer code over time: step t of T spikes while the value is above (t + 0.5) / T, so bright pixels end late.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Ramp {
    static constexpr std::string_view name = "ramp";
    static constexpr std::string_view summary = "a spike at every step t of T where the value exceeds (t + 0.5) / T";
    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static bool spikes(double& /*memory*/, const Params& /*params*/, double value, const PixelStep& at) {
        return value > (at.step + 0.5) / at.steps;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Ramp>();

}  // namespace
}  // namespace spikefab
