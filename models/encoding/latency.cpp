// SPDX-License-Identifier: Apache-2.0
// Time-to-first-spike code.
#include "models/encoding/encoder.hpp"

#include <cmath>

namespace spikefab {
namespace {

struct Latency {
    static constexpr std::string_view name = "latency";
    static constexpr std::string_view summary = "one spike in step round((1 - p) (T - 1)) when p > 0: brighter is earlier";
    using Params = NoEncoderParams;

    static bool fires(const Params&, double pixel, std::uint32_t step, std::uint32_t, EncoderState&,
                      const EncodingContext& context) {
        if (pixel <= 0.0) return false;
        return step == static_cast<std::uint32_t>(std::floor((1.0 - pixel) * (context.steps - 1.0) + 0.5));
    }
};

[[maybe_unused]] const bool registered = register_encoder<Latency>();

}  // namespace
}  // namespace spikefab
