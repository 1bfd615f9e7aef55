// SPDX-License-Identifier: Apache-2.0
// Reads the price files of configs/prices for tests.
#pragma once

#include "config/reader.hpp"
#include "cost/price_list.hpp"

#include <string>

namespace spikefab {

[[nodiscard]] inline PriceList price_file(const std::string& name) {
    return config::read_file<PriceList>(std::string{SPIKEFAB_SOURCE_DIR} + "/configs/prices/" + name + ".yaml");
}

}  // namespace spikefab
