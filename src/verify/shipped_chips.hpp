// SPDX-License-Identifier: Apache-2.0
// The chip files of configs/chips as they were when the program was built: a vector names its chip wherever it is checked.
#pragma once

#include "config/tree.hpp"

#include <string>
#include <vector>

namespace spikefab::verify {

/// Names, rising: "loihi", "ranc", ...
[[nodiscard]] std::vector<std::string> shipped_chips();
/// The chip file `name`.yaml, without its prices: no check asks for them. InputError for a name that is not shipped.
[[nodiscard]] config::Tree shipped_chip(const std::string& name);

/// Gives `chip`, which checks need no prices of, an empty price list.
void leave_out_prices(config::Tree& chip);

}  // namespace spikefab::verify
