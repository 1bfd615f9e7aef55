// SPDX-License-Identifier: Apache-2.0
// Thermometer code over time: the image cut at T rising levels.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Ramp {
    static constexpr std::string_view name = "ramp";
    static constexpr std::string_view summary = "a spike in step t when p > (t + 0.5) / T: brightness as the length of a burst";
    using Params = NoEncoderParams;

    static bool fires(const Params&, double pixel, std::uint32_t step, std::uint32_t, EncoderState&,
                      const EncodingContext& context) {
        return pixel > (static_cast<double>(step) + 0.5) / static_cast<double>(context.steps);
    }
};

[[maybe_unused]] const bool registered = register_encoder<Ramp>();

}  // namespace
}  // namespace spikefab
