// SPDX-License-Identifier: Apache-2.0
// Random rate code: every step is a Bernoulli draw with probability value * max_rate.
//
// Draws are Philox by (seed, pixel, image, step): the same whatever the order of encoding.
#include "base/random.hpp"
#include "models/encoding/encoder.hpp"

namespace spikefab {
namespace {

struct Poisson {
    static constexpr std::string_view name = "poisson";
    static constexpr std::string_view summary = "a spike with probability value * max_rate at every step";
    struct Params {
        double max_rate = 1.0;
        static constexpr auto fields =
            std::tuple{field("max_rate", &Params::max_rate, {0.0, 1.0}, "spikes per step of a value of 1")};
    };

    static bool spikes(double& /*memory*/, const Params& params, double value, const PixelStep& at) {
        const double probability = value * params.max_rate;
        if (probability <= 0.0) return false;
        Rng rng{at.key, at.pixel, at.image << 32U | at.step};
        return rng.uniform() < probability;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Poisson>();

}  // namespace
}  // namespace spikefab
