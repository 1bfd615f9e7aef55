// SPDX-License-Identifier: Apache-2.0
// What a kind of core means in picoseconds and bits.
#pragma once

#include "core/core.hpp"
#include "plan/chip_description.hpp"

namespace spikefab {

[[nodiscard]] CoreSettings core_settings(const CoreDescription& type);

/// The random numbers of one core in a run with `seed`. InputError for a shift register that cannot work.
[[nodiscard]] DrawSource draw_source(const RandomNumbers& random, std::uint64_t seed, CoreId core);

}  // namespace spikefab
