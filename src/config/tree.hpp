// SPDX-License-Identifier: Apache-2.0
// A configuration as written: scalars, lists and maps that know where they stand, before anything has a meaning.
#pragma once

#include "config/problems.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikefab::config {

struct Tree {
    enum class Kind { null, scalar, list, map };
    struct Entry;

    Kind kind = Kind::null;
    std::string scalar;
    std::vector<Tree> items;
    std::vector<Entry> entries;  ///< in the order of the file
    Origin origin;

    [[nodiscard]] const Entry* find(std::string_view key) const;
    [[nodiscard]] Entry* find(std::string_view key);
    /// The folder against which paths written here are read.
    [[nodiscard]] std::filesystem::path folder() const;
};

struct Tree::Entry {
    std::string key;
    Origin origin;
    Tree value;
};

/// Reads one YAML document; `from:` and included files stay unread until `expand`. InputError with file, line and
/// column for what is not YAML, for a key written twice, and for files over 8 MiB or a million values.
[[nodiscard]] Tree load(const std::filesystem::path& file);

/// The same from text, which calls itself `name` in messages.
[[nodiscard]] Tree parse(const std::string& text, const std::string& name);

/// Replaces a scalar that names a YAML file by that file's content, and `{from: file, key: value}` by the file's
/// content with the keys laid over it. Other trees stay as they are.
void expand(Tree& tree);

/// Writes `value` (YAML) at a path such as `chip.cores.neuro.neurons` or `networks.0.file`, through included files.
/// InputError when `assignment` is not `path=value` or the path leads into a scalar.
void assign(Tree& root, const std::string& assignment);

/// The same with a value that knows where it was written.
void assign(Tree& root, const std::string& path, Tree value);

/// Where `path` was written, through included files; where what should hold it was, when it was not written itself.
[[nodiscard]] Origin origin_of(Tree root, const std::string& path);

}  // namespace spikefab::config
