// SPDX-License-Identifier: Apache-2.0
// Trees to structs, by the structs' own field tables, with every mistake reported at once.
#pragma once

#include "base/field.hpp"
#include "config/tree.hpp"

namespace spikefab::config {

/// Fills the struct behind `section` from `tree`, adding what is wrong to `problems`: unknown keys (with the nearest
/// known one), missing keys, wrong types or units, values out of bounds. What is not written keeps its default.
void read_section(Tree& tree, const SectionRef& section, const std::string& path, Problems& problems);

/// The struct that `tree` describes; InputError with all problems.
template <HasFields Struct>
[[nodiscard]] Struct read(Tree tree) {
    Struct result{};
    Problems problems;
    read_section(tree, detail::StructSection<Struct>{result}, "", problems);
    problems.raise();
    return result;
}

template <HasFields Struct>
[[nodiscard]] Struct read_file(const std::filesystem::path& file) {
    return read<Struct>(load(file));
}

}  // namespace spikefab::config
