// SPDX-License-Identifier: Apache-2.0
// "did you mean": the known name that a mistyped one is closest to.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace spikefab {

/// The name closest to `name` by edit distance; empty when nothing is close.
[[nodiscard]] std::string nearest(std::string_view name, std::span<const std::string> known);

}  // namespace spikefab
