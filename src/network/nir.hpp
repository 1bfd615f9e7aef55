// SPDX-License-Identifier: Apache-2.0
// Reads a network from a NIR file (Neuromorphic Intermediate Representation, HDF5).
#pragma once

#include "network/network.hpp"

#include <filesystem>

namespace spikefab {

/// The network in `file`. InputError, with the names of the nodes at fault, for a file that is missing, not HDF5, damaged,
/// or holds what is not supported (recurrence, unknown node types), and for shapes that do not match.
/// Source of the format: NIR 1.0.8, nir/serialization.py and nir/ir; also reads the layouts of older releases.
[[nodiscard]] Network read_nir(const std::filesystem::path& file);

}  // namespace spikefab
