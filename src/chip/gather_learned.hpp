// SPDX-License-Identifier: Apache-2.0
// What the cores learned, put together by projection.
#pragma once

#include "chip/chip.hpp"
#include "core/learner.hpp"

#include <span>
#include <vector>

namespace spikefab {

struct LearnedCore {
    const CoreImage* image;
    std::span<const SynapseGroup> groups;
};

[[nodiscard]] std::vector<LearnedProjection> gather_learned(const std::vector<LearnedCore>& cores);

}  // namespace spikefab
