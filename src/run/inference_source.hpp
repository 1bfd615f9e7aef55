// SPDX-License-Identifier: Apache-2.0
// Feeds images to the chip: encodes the next one when its first step comes. First the lessons, if there are any.
#pragma once

#include "models/encoding/encoder.hpp"
#include "network/dataset.hpp"
#include "observe/run_observer.hpp"
#include "run/lessons.hpp"
#include "run/schedule.hpp"

namespace spikefab {

/// Images of one file, shown one after the other, again and again.
struct ImageSeries {
    const Dataset* dataset = nullptr;  ///< must outlive the series
    std::uint32_t first = 0;           ///< of the dataset
    std::uint32_t count = 0;
    std::uint32_t repeats = 1;

    [[nodiscard]] std::uint32_t shown() const { return count * repeats; }
    /// The dataset's number of the image shown at `place`, from 0.
    [[nodiscard]] std::uint32_t image(std::uint32_t place) const { return first + place % count; }
    [[nodiscard]] std::optional<std::uint32_t> label(std::uint32_t place) const {
        if (dataset->labels().empty()) return std::nullopt;
        return dataset->labels()[image(place)];
    }
};

/// All images of a run, in the order in which they are shown.
struct ImageProgram {
    ImageSeries lessons;  ///< count 0: none
    ImageSeries inputs;

    [[nodiscard]] std::uint32_t shown() const { return lessons.shown() + inputs.shown(); }
    [[nodiscard]] bool is_lesson(std::uint32_t place) const { return place < lessons.shown(); }
    [[nodiscard]] const ImageSeries& series(std::uint32_t place) const { return is_lesson(place) ? lessons : inputs; }
    [[nodiscard]] std::uint32_t image(std::uint32_t place) const { return series(place).image(within(place)); }
    [[nodiscard]] std::optional<std::uint32_t> label(std::uint32_t place) const { return series(place).label(within(place)); }

private:
    [[nodiscard]] std::uint32_t within(std::uint32_t place) const { return is_lesson(place) ? place : place - lessons.shown(); }
};

class InferenceSource final : public InputSource {
public:
    /// What is shown to the network, and how.
    struct Show {
        ImageProgram images;
        const Encoder& encoder;  ///< must outlive the source
        Schedule schedule;
        std::uint32_t inputs = 0;  ///< neurons of the network's input, before the teacher's lines
        std::uint64_t seed = 0;
        bool reset_between_images = true;
        std::optional<Teacher> teacher{};
        bool teaches_inputs = false;  ///< there are no lessons: images are asked first, then taught
        std::vector<RewardSchedule> rewards{};
    };
    explicit InferenceSource(const Show& show) : show_{show} {}

    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override;
    /// Before an image, and before what was asked is taught.
    [[nodiscard]] bool resets_before(std::uint64_t step) override {
        return (show_.reset_between_images && show_.schedule.begins_image(step)) ||
               (show_.teaches_inputs && within_image(step) == show_.teacher->first_step);
    }
    /// In lessons, or from the teacher's first step on; without any, all the time.
    [[nodiscard]] bool learns(std::uint64_t step) override {
        if (show_.teaches_inputs) return step > 0 && within_image(step) >= show_.teacher->first_step;
        return show_.images.lessons.count == 0 || in_lesson(step);
    }
    [[nodiscard]] std::int32_t reward(std::uint64_t step) override;

private:
    /// Step 0 is the period before the first tick.
    [[nodiscard]] bool in_lesson(std::uint64_t step) const {
        return step > 0 && show_.images.is_lesson(show_.schedule.image_of(step));
    }
    [[nodiscard]] bool taught(std::uint64_t step) { return in_lesson(step) || (show_.teaches_inputs && learns(step)); }
    /// From 1.
    [[nodiscard]] std::uint64_t within_image(std::uint64_t step) const { return show_.schedule.step_of_image(step) + 1; }

    Show show_;
    SpikeTrain train_;
    std::vector<std::uint32_t> with_teacher_;
};

/// No input at all, for networks that run by themselves.
class SilentSource final : public InputSource {
public:
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t /*step*/) override { return {}; }
    [[nodiscard]] bool resets_before(std::uint64_t /*step*/) override { return false; }
};

}  // namespace spikefab
