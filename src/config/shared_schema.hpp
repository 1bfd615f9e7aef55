// SPDX-License-Identifier: Apache-2.0
// A JSON schema without repetitions: what it says several times stands once under `$defs`.
#pragma once

#include <nlohmann/json.hpp>

namespace spikefab::config {

/// The same schema; objects of some size that occur more than once are moved to `$defs`, numbered in their order.
[[nodiscard]] nlohmann::ordered_json share_repeated(const nlohmann::ordered_json& schema);

}  // namespace spikefab::config
