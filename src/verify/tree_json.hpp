// SPDX-License-Identifier: Apache-2.0
// YAML's tree as JSON: what a vector holds of structs that have field tables.
#pragma once

#include "config/tree.hpp"

#include <nlohmann/json.hpp>

namespace spikefab::verify {

[[nodiscard]] nlohmann::json tree_json(const config::Tree& tree);

}  // namespace spikefab::verify
