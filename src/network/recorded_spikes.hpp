// SPDX-License-Identifier: Apache-2.0
// Spikes recorded as NIRData (HDF5).
#pragma once

#include "base/quantity.hpp"
#include "network/dataset.hpp"

#include <filesystem>
#include <string>

namespace spikefab {

/// True when `file` begins as HDF5 does.
[[nodiscard]] bool is_recorded(const std::filesystem::path& file);

/// The spikes at `part` ("node/observable"; empty: the only ones). TimeGriddedData is one step per row; EventData is sorted
/// into steps of `dt`, several spikes of a neuron in one step counting once. Source of the format: NIR 1.0.8,
/// nir/serialization.py `write_data`, nir/data_ir/graph.py.
[[nodiscard]] Dataset read_recorded(const std::filesystem::path& file, const std::string& part, Time dt);

}  // namespace spikefab
