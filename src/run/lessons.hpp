// SPDX-License-Identifier: Apache-2.0
// How a network is taught: the images that it learns from, a teacher that drives the output neurons, rewards. One section for
// all chips that learn: by rules of projections (Loihi), or by the plasticity of their synapses (ODIN).
#pragma once

#include "base/field.hpp"
#include "network/lowered.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace spikefab {

/// Steps of an image, counted from 1, both included.
struct StepRange {
    std::uint32_t first_step = 1;
    std::uint32_t last_step = 1;
    [[nodiscard]] bool holds(std::uint64_t step) const { return step >= first_step && step <= last_step; }
};

/// Lines of the host, one per class, that drive the output neurons of their class and hold back the others: through synapses of
/// their own, or past all synapses on event-driven chips, by events for single neurons.
struct Teacher : StepRange {
    std::int32_t excite = 255;
    std::int32_t inhibit = 255;
    std::optional<std::uint32_t> weight_exponent;
    static constexpr auto fields = std::tuple{
        field("first_step", &Teacher::first_step, {1, 1e9},
              "first step of an image in which the host sends the label; it acts one later, on event-driven chips at once")
            .required(),
        field("last_step", &Teacher::last_step, {1, 1e9}, "last such step").required(),
        field("excite", &Teacher::excite, {0, 255}, "weight onto output neurons of the label's class"),
        field("inhibit", &Teacher::inhibit, {0, 255}, "weight, taken off, onto those of the other classes"),
        field("weight_exponent", &Teacher::weight_exponent, {0, 7}, "both count 2^exponent; default: 7, event-driven chips: 0"),
    };
};

/// What the host sends to the reward traces.
struct RewardSchedule : StepRange {
    std::int32_t amount = 1;
    std::vector<std::uint32_t> labels;
    static constexpr auto fields = std::tuple{
        field("first_step", &RewardSchedule::first_step, {1, 1e9}, "first step of an image in which the reward is given")
            .required(),
        field("last_step", &RewardSchedule::last_step, {1, 1e9}, "last such step").required(),
        field("amount", &RewardSchedule::amount, {-127, 127}, "added to the reward trace in each of these steps").required(),
        field("labels", &RewardSchedule::labels, {0, 1 << 20}, "only with images of these labels; absent: with all"),
    };
};

/// Images that are shown first, with learning on; afterwards it is off. Without images of its own, every image of the input is
/// asked first, with learning off, and taught from the teacher's first step on.
struct Lessons {
    std::filesystem::path images;
    std::filesystem::path labels;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t repeats = 1;
    std::optional<Teacher> teacher;
    std::vector<RewardSchedule> rewards;
    static constexpr auto fields = std::tuple{
        field("images", &Lessons::images,
              "idx, npy, npz or HDF5 file of images that are shown before the input; absent: every image of the input is asked "
              "first, and taught from the teacher's first step on"),
        field("labels", &Lessons::labels, "idx or npy file with one class per image; needed by a teacher"),
        field("first", &Lessons::first, {0, 4e9}, "first image"),
        field("count", &Lessons::count, {0, 4e9}, "images to learn from; 0: all from the first on"),
        field("repeats", &Lessons::repeats, {1, 10000}, "how often all of them are shown"),
        field("teacher", &Lessons::teacher, "drives output neurons by the label"),
        field("rewards", &Lessons::rewards, "sent by the host to every core that learns by a reward"),
    };
};

/// Adds one line per class to the input of `network`, behind its other neurons, and their synapses to the output neurons,
/// which belong to `classes` in equal groups.
void add_teacher(const Teacher& teacher, std::uint32_t classes, LoweredNetwork& network);
/// The same for a placement on an event-driven chip: stimuli past all synapses.
void add_teacher(const Teacher& teacher, std::uint32_t classes, Placement& placement);

}  // namespace spikefab
