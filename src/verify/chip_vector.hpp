// SPDX-License-Identifier: Apache-2.0
// The simulator's own vectors, `spikefab.vector.v1`: the names in their files. Format: docs/vectors.md.
#pragma once

#include <string_view>

namespace spikefab::verify {

inline constexpr std::string_view chip_vector_format = "spikefab.vector.v1";

}  // namespace spikefab::verify
