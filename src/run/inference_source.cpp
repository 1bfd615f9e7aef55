// SPDX-License-Identifier: Apache-2.0
// Encoding images in time for their first step.
#include "run/inference_source.hpp"

#include <algorithm>

namespace spikefab {

std::span<const std::uint32_t> InferenceSource::spikes(std::uint64_t step) {
    if (step == 0) return {};  // the period before the first tick: images begin with step 1
    const std::uint64_t within = show_.schedule.step_of_image(step);
    const std::uint32_t place = show_.schedule.image_of(step);
    if (within == 0) {
        const EncodingContext context{
            .steps = show_.schedule.encoded, .neurons = show_.inputs, .image = show_.images.image(place), .seed = show_.seed};
        show_.images.series(place).dataset->encode(show_.encoder, context, train_);
    }
    const auto pixels = within < show_.schedule.encoded ? train_.at(within) : std::span<const std::uint32_t>{};
    if (!show_.teacher || !show_.teacher->holds(within + 1) || !taught(step)) return pixels;
    with_teacher_.assign(pixels.begin(), pixels.end());
    with_teacher_.push_back(show_.inputs + *show_.images.label(place));
    return with_teacher_;
}

std::int32_t InferenceSource::reward(std::uint64_t step) {
    if (show_.rewards.empty() || !taught(step)) return 0;
    const std::uint64_t within = within_image(step);
    const std::optional<std::uint32_t> label = show_.images.label(show_.schedule.image_of(step));
    std::int32_t amount = 0;
    for (const RewardSchedule& reward : show_.rewards) {
        const bool meant = reward.labels.empty() ||
                           (label && std::find(reward.labels.begin(), reward.labels.end(), *label) != reward.labels.end());
        if (meant && reward.holds(within)) amount += reward.amount;
    }
    return amount;
}

}  // namespace spikefab
