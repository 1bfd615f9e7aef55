// SPDX-License-Identifier: Apache-2.0
// Rate code by integration that loses nothing: the value is added every step; a sum above 1 is a spike and gives 1 back.
//
// Source: reset by subtraction (Rueckauer et al. 2017, 10.3389/fnins.2017.00682), applied to the input.
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct IntegrateSubtract {
    static constexpr std::string_view name = "integrate_subtract";
    static constexpr std::string_view summary = "the value is summed up; a spike above 1 takes 1 off";
    struct Params {
        static constexpr auto fields = std::tuple{};
    };

    static bool spikes(double& memory, const Params& /*params*/, double value, const PixelStep& /*at*/) {
        memory += value;
        if (memory <= 1.0) return false;
        memory -= 1.0;
        return true;
    }
};

[[maybe_unused]] const bool registered = register_encoder<IntegrateSubtract>();

}  // namespace
}  // namespace spikefab
