// SPDX-License-Identifier: Apache-2.0
// What a kind of core means in picoseconds and bits.
#pragma once

#include "core/core.hpp"
#include "plan/chip_description.hpp"

namespace spikefab {

[[nodiscard]] CoreSettings core_settings(const CoreDescription& type);

}  // namespace spikefab
