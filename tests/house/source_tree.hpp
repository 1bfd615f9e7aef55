// SPDX-License-Identifier: Apache-2.0
// The tree as text: its files, what they include, and which room they belong to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spikefab::house {

struct Include {
    std::string path;
    bool quoted = false;  // "a/b.hpp"; otherwise <a/b.hpp>
};

struct SourceFile {
    std::string path;  // from the root of the tree: "src/noc/packet.hpp"
    std::vector<std::string> lines;
    std::vector<Include> includes;
};

/// All files of a folder (a path from the root) that end in one of `endings`, in the order of their names.
[[nodiscard]] std::vector<SourceFile> files_under(std::string_view folder, const std::vector<std::string>& endings);

/// C++ files of `src` and `models`.
[[nodiscard]] std::vector<SourceFile> product_files();

/// C++ files of `src`, `models` and `tests`.
[[nodiscard]] std::vector<SourceFile> all_cpp_files();

/// One file of the root folder, such as "README.md".
[[nodiscard]] SourceFile read_file(const std::string& path);

/// "noc" for src/noc/packet.hpp, "models" for models/gpu/gpu.hpp, "main" for src/main.cpp; the same for a path as it stands
/// in an #include ("noc/packet.hpp").
[[nodiscard]] std::string room_of(std::string_view path);

[[nodiscard]] bool is_in_tree(const std::string& path);

}  // namespace spikefab::house
