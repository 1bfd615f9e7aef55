// SPDX-License-Identifier: Apache-2.0
// The kinds of configuration file, in one table: how each is recognised, checked and described.
#pragma once

#include "config/tree.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::cli {

/// "chip", "experiment", "prices", ...
[[nodiscard]] std::vector<std::string> file_kind_names();

/// The JSON schema of a kind of file.
[[nodiscard]] std::string schema_of(const std::string& kind);

/// Reads `file` as what it is and returns its kind; InputError with every mistake. The kind is told by the folder
/// (configs/chips, ...) or, elsewhere, by the keys at the top.
[[nodiscard]] std::string check_file(const std::filesystem::path& file);

/// The tree of `file`, for a command that wants files of these kinds. InputError when the keys at the top are those of another
/// kind, with what that kind is for; a file that tells nothing is let through to its reader.
[[nodiscard]] config::Tree load_file(const std::filesystem::path& file, std::initializer_list<std::string_view> wanted);

}  // namespace spikefab::cli
