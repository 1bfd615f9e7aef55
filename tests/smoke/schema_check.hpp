// SPDX-License-Identifier: Apache-2.0
// Checks a document against a JSON schema, as an editor does: the keywords that `spikefab schema` writes, and no others.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace spikefab::smoke {

/// What is wrong with `document`, empty when the schema accepts it.
[[nodiscard]] std::string schema_problem(const nlohmann::json& schema, const nlohmann::json& document);

}  // namespace spikefab::smoke
