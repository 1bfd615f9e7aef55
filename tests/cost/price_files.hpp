// SPDX-License-Identifier: Apache-2.0
// Reads the price files of configs/prices for tests.
#pragma once

#include "config/reader.hpp"
#include "cost/price_list.hpp"
#include "places.hpp"

#include <string>

namespace spikefab {

[[nodiscard]] inline PriceList price_file(const std::string& name) {
    return config::read_file<PriceList>(source_folder() + "/configs/prices/" + name + ".yaml");
}

}  // namespace spikefab
