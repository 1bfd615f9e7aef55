// SPDX-License-Identifier: Apache-2.0
// Rate code by integration: the value is added every step; a sum above 1 is a spike, and starts from 0 again.
//
// Source: the encoder of Intel's MNIST network (lava-dl, tutorials/lava/lib/dl/netx/mnist), v += pixel, v > 1, v = 0.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Integrate {
    static constexpr std::string_view name = "integrate";
    static constexpr std::string_view summary = "the value is summed up; a spike above 1, then from 0";
    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static bool spikes(double& memory, const Params& /*params*/, double value, const PixelStep& /*at*/) {
        memory += value;
        if (memory <= 1.0) return false;
        memory = 0.0;
        return true;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Integrate>();

}  // namespace
}  // namespace spikefab
