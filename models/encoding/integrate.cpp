// SPDX-License-Identifier: Apache-2.0
// Rate code by an integrate-and-fire encoder that resets to zero, as Intel's MNIST example for Loihi has it.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Integrate {
    static constexpr std::string_view name = "integrate";
    static constexpr std::string_view summary = "v += p; a spike when v > 1, then v = 0";
    using Params = NoEncoderParams;

    static bool fires(const Params&, double pixel, std::uint32_t, std::uint32_t, EncoderState& state, const EncodingContext&) {
        state.level += pixel;
        if (state.level <= 1.0) return false;
        state.level = 0.0;
        return true;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Integrate>();

}  // namespace
}  // namespace spikefab
