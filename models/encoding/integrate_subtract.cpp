// SPDX-License-Identifier: Apache-2.0
// Rate code by an integrate-and-fire encoder that keeps what exceeds its threshold: floor-exact rates.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct IntegrateSubtract {
    static constexpr std::string_view name = "integrate_subtract";
    static constexpr std::string_view summary = "v += p; a spike when v > 1, then v -= 1";
    using Params = NoEncoderParams;

    static bool fires(const Params&, double pixel, std::uint32_t, std::uint32_t, EncoderState& state, const EncodingContext&) {
        state.level += pixel;
        if (state.level <= 1.0) return false;
        state.level -= 1.0;
        return true;
    }
};

[[maybe_unused]] const bool registered = register_encoder<IntegrateSubtract>();

}  // namespace
}  // namespace spikefab
