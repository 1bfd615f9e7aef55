// SPDX-License-Identifier: Apache-2.0
// Encoding images in time for their first step.
#include "run/inference_source.hpp"

namespace spikefab {

std::span<const std::uint32_t> InferenceSource::spikes(std::uint64_t step) {
    if (step == 0) return {};  // the period before the first tick: images begin with step 1
    const std::uint64_t within = show_.schedule.step_of_image(step);
    if (within == 0) {
        const EncodingContext context{.steps = show_.schedule.encoded,
                                      .neurons = show_.inputs,
                                      .image = show_.first_image + show_.schedule.image_of(step),
                                      .seed = show_.seed};
        show_.dataset.encode(show_.encoder, context, train_);
    }
    return within < show_.schedule.encoded ? train_.at(within) : std::span<const std::uint32_t>{};
}

}  // namespace spikefab
