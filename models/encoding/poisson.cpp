// SPDX-License-Identifier: Apache-2.0
// Bernoulli rate code; a draw depends on seed, image, pixel and step alone.
#include "models/encoding/encoder.hpp"

#include "base/random.hpp"

namespace spikefab {
namespace {

struct Poisson {
    static constexpr std::string_view name = "poisson";
    static constexpr std::string_view summary = "a spike with probability p * max_rate in every step";
    struct Params {
        double max_rate = 1.0;
        static constexpr auto fields =
            std::tuple{field("max_rate", &Params::max_rate, {0.0, 1.0}, "probability of a spike per step at p = 1")};
    };

    static bool fires(const Params& params, double pixel, std::uint32_t step, std::uint32_t index, EncoderState&,
                      const EncodingContext& context) {
        Rng rng{context.seed, "encoder.poisson", index, (std::uint64_t{context.image} << 32U) | step};
        return rng.uniform() < pixel * params.max_rate;
    }
};

[[maybe_unused]] const bool registered = register_encoder<Poisson>();

}  // namespace
}  // namespace spikefab
