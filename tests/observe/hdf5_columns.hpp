// SPDX-License-Identifier: Apache-2.0
// Reads back what the HDF5 writers wrote.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace spikefab {

/// A dataset of shape (n) or (1, n).
template <class Value>
std::vector<Value> read_column(const std::filesystem::path& file, const std::string& path, hid_t type) {
    const hid_t id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(id, path.c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    std::array<hsize_t, 2> size{1, 1};
    const int rank = H5Sget_simple_extent_ndims(space);
    EXPECT_TRUE(rank == 1 || rank == 2);
    H5Sget_simple_extent_dims(space, rank == 2 ? size.data() : size.data() + 1, nullptr);
    EXPECT_EQ(size[0], 1U) << "one sample";
    std::vector<Value> values(size[1]);
    EXPECT_TRUE(values.empty() || H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(id);
    return values;
}

[[nodiscard]] inline bool has_object(const std::filesystem::path& file, const std::string& path) {
    const hid_t id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool found = H5Lexists(id, path.c_str(), H5P_DEFAULT) > 0;
    H5Fclose(id);
    return found;
}

}  // namespace spikefab
