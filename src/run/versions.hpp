// SPDX-License-Identifier: Apache-2.0
// Which programs made a result.
#pragma once

#include <map>
#include <string>

namespace spikefab {

/// "spikefab" and the libraries whose version can change a result.
[[nodiscard]] std::map<std::string, std::string> versions();

}  // namespace spikefab
