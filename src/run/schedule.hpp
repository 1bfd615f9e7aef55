// SPDX-License-Identifier: Apache-2.0
// Which image is on the chip in which step.
#pragma once

#include <cstdint>

namespace spikefab {

/// Images follow each other without a gap; each takes `encoded` steps with input and `drained` without. Steps count from 1.
struct Schedule {
    std::uint32_t images = 0;
    std::uint32_t encoded = 1;
    std::uint32_t drained = 0;
    std::uint32_t asked = 0;  ///< answers given in the first so many steps of an image count; 0: in all

    [[nodiscard]] std::uint64_t steps_per_image() const { return std::uint64_t{encoded} + drained; }
    [[nodiscard]] std::uint64_t steps() const { return images * steps_per_image(); }
    /// Index from 0; only for 1 <= step <= steps().
    [[nodiscard]] std::uint32_t image_of(std::uint64_t step) const {
        return static_cast<std::uint32_t>((step - 1) / steps_per_image());
    }
    /// Step within its image, from 0.
    [[nodiscard]] std::uint64_t step_of_image(std::uint64_t step) const { return (step - 1) % steps_per_image(); }
    [[nodiscard]] bool asks(std::uint64_t step) const { return asked == 0 || step_of_image(step) < asked; }
    [[nodiscard]] bool begins_image(std::uint64_t step) const { return step_of_image(step) == 0; }
    [[nodiscard]] bool ends_image(std::uint64_t step) const { return step_of_image(step) + 1 == steps_per_image(); }
};

}  // namespace spikefab
