// SPDX-License-Identifier: Apache-2.0
// The part of reading HDF5 that calls the C library.
#pragma once

#include "network/hdf5_tree.hpp"

namespace spikefab {

/// `read_hdf5` without protection: a damaged file may crash it.
[[nodiscard]] Hdf5Node walk_hdf5(const std::filesystem::path& file);

}  // namespace spikefab
