// SPDX-License-Identifier: Apache-2.0
// Names that become folders.
#pragma once

#include <string_view>

namespace spikefab {

/// InputError, beginning with `key`, unless `name` can be the name of one folder: not empty, no '/', not hidden, not too long.
void check_folder_name(std::string_view key, std::string_view name);

}  // namespace spikefab
