// SPDX-License-Identifier: Apache-2.0
// Structs back to text: the resolved configuration, and the JSON schema that editors complete and check with.
#pragma once

#include "base/field.hpp"

#include <string>

namespace spikefab::config {

/// Every field of the struct with its value, as YAML that `read` turns into the same struct.
[[nodiscard]] std::string to_yaml(const SectionRef& section);

/// A JSON schema (draft 2020-12) of the struct.
[[nodiscard]] std::string json_schema(const SectionRef& section, const std::string& title);

template <HasFields Struct>
[[nodiscard]] std::string to_yaml(Struct object) {
    return to_yaml(detail::StructSection<Struct>{object});
}

template <HasFields Struct>
[[nodiscard]] std::string json_schema(const std::string& title) {
    Struct object{};
    return json_schema(detail::StructSection<Struct>{object}, title);
}

}  // namespace spikefab::config
