// SPDX-License-Identifier: Apache-2.0
// The kinds of configuration file, in one table: how each is recognised, checked and described.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace spikefab::cli {

/// "chip", "experiment", "prices", ...
[[nodiscard]] std::vector<std::string> file_kind_names();

/// The JSON schema of a kind of file.
[[nodiscard]] std::string schema_of(const std::string& kind);

/// Reads `file` as what it is and returns its kind; InputError with every mistake. The kind is told by the folder
/// (configs/chips, ...) or, elsewhere, by the keys at the top.
[[nodiscard]] std::string check_file(const std::filesystem::path& file);

}  // namespace spikefab::cli
