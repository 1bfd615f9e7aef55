// SPDX-License-Identifier: Apache-2.0
// Checks and keys that all encoders share.
#include "models/encoding/encoder.hpp"

#include "base/random.hpp"

namespace spikefab {

void check_pixels(std::string_view encoder, std::span<const double> values, const EncodingContext& context) {
    if (values.size() != context.neurons)
        throw InputError{fmt::format("image {} has {} values, but the network's input has {} neurons", context.image,
                                     values.size(), context.neurons)};
    for (std::size_t pixel = 0; pixel < values.size(); ++pixel)
        if (!(values[pixel] >= 0.0 && values[pixel] <= 1.0))
            throw InputError{
                fmt::format("image {}, value {}: {} is not within 0 to 1, which the encoder '{}' needs; scale the data",
                            context.image, pixel, values[pixel], encoder)};
}

std::uint64_t encoding_key(std::string_view encoder, std::uint64_t seed) {
    return Rng::key_of(seed, fmt::format("encoding.{}", encoder));
}

}  // namespace spikefab
