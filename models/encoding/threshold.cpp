// SPDX-License-Identifier: Apache-2.0
// Black and white.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Threshold {
    static constexpr std::string_view name = "threshold";
    static constexpr std::string_view summary = "a spike in every step when p > threshold";
    struct Params {
        double threshold = 0.5;
        static constexpr auto fields =
            std::tuple{field("threshold", &Params::threshold, {0.0, 1.0}, "pixels above it fire in every step")};
    };

    static bool fires(const Params& params, double pixel, std::uint32_t, std::uint32_t, EncoderState&, const EncodingContext&) {
        return pixel > params.threshold;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Threshold>();

}  // namespace
}  // namespace spikefab
