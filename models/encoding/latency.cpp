// SPDX-License-Identifier: Apache-2.0
// Time to first spike: one spike per pixel that is not 0, the brighter the earlier.
#include "models/encoding/encoder.hpp"

#include <cmath>

namespace spikefab {
namespace {

struct Latency {
    static constexpr std::string_view name = "latency";
    static constexpr std::string_view summary = "one spike at step floor((1 - value) * (T - 1) + 0.5); none for 0";
    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static bool spikes(double& /*memory*/, const Params& /*params*/, double value, const PixelStep& at) {
        return value > 0.0 && std::floor((1.0 - value) * (at.steps - 1.0) + 0.5) == at.step;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Latency>();

}  // namespace
}  // namespace spikefab
