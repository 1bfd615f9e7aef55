// SPDX-License-Identifier: Apache-2.0
// Calls into HDF5 that every writer needs.
#include "observe/hdf5_output.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <array>

namespace spikefab::hdf5 {
namespace {

constexpr unsigned compression_level = 4;

/// HDF5 1.10 closes what is open when the process ends, and crashes there if a file could not be written. Everything is
/// closed here already; the call must come before any other to the library, hence before main().
[[maybe_unused]] const bool nothing_is_left_for_the_exit = H5dont_atexit() >= 0;

[[nodiscard]] Handle text_type(const Checker& check) {
    Handle type = check.handle(H5Tcopy(H5T_C_S1), H5Tclose);
    check(H5Tset_size(type.id(), H5T_VARIABLE));
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8));
    return type;
}

[[nodiscard]] Handle create_dataset(const Checker& check, hid_t group, const char* name, hid_t file_type, int rank) {
    // The last of two axes grows; a list has only that one.
    constexpr std::array<hsize_t, 2> empty{1, 0};
    constexpr std::array<hsize_t, 2> limit{1, H5S_UNLIMITED};
    constexpr std::array<hsize_t, 2> chunk{1, chunk_events};
    const std::size_t skipped = rank == 2 ? 0 : 1;
    const Handle space = check.handle(H5Screate_simple(rank, empty.data() + skipped, limit.data() + skipped), H5Sclose);
    const Handle properties = check.handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    check(H5Pset_obj_track_times(properties.id(), false));
    check(H5Pset_chunk(properties.id(), rank, chunk.data() + skipped));
    check(H5Pset_shuffle(properties.id()));
    check(H5Pset_deflate(properties.id(), compression_level));
    return check.handle(H5Dcreate2(group, name, file_type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Dclose);
}

}  // namespace

void Checker::fail() const {
    throw SimulationError{fmt::format("cannot write '{}' (is the disk full?)", path_)};
}

Handle create_file(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are told once, by the exception
    const Handle properties{H5Pcreate(H5P_FILE_CREATE), H5Pclose};
    H5Pset_obj_track_times(properties.id(), false);
    const hid_t id = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, properties.id(), H5P_DEFAULT);
    if (id < 0) throw InputError{fmt::format("cannot create '{}'; choose a folder that can be written", path.string())};
    return {id, H5Fclose};
}

void close_file(const Checker& check, Handle& file) {
    check(H5Fflush(file.id(), H5F_SCOPE_GLOBAL));
    if (!file.close()) check.fail();
}

void write_attribute(const Checker& check, hid_t object, const char* name, hid_t file_type, hid_t memory_type,
                     const void* value) {
    const Handle space = check.handle(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute = check.handle(H5Acreate2(object, name, file_type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(H5Awrite(attribute.id(), memory_type, value));
}

void write_text(const Checker& check, hid_t object, const char* name, const char* value) {
    const Handle type = text_type(check);
    write_attribute(check, object, name, type.id(), type.id(), &value);
}

Handle make_group(const Checker& check, hid_t parent, const char* name) {
    const Handle properties = check.handle(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    check(H5Pset_obj_track_times(properties.id(), false));
    return check.handle(H5Gcreate2(parent, name, H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Gclose);
}

GrowingDataset::GrowingDataset(const Checker& check, hid_t group, const char* name, hid_t file_type, Shape shape)
    : rank_{shape == Shape::list ? 1 : 2}, dataset_{create_dataset(check, group, name, file_type, rank_)} {}

void GrowingDataset::append(const Checker& check, hid_t memory_type, const void* values, hsize_t count, hsize_t already) const {
    const std::array<hsize_t, 2> size{1, already + count};
    const std::array<hsize_t, 2> start{0, already};
    const std::array<hsize_t, 2> counts{1, count};
    const std::size_t skipped = rank_ == 2 ? 0 : 1;
    check(H5Dset_extent(dataset_.id(), size.data() + skipped));
    const Handle file_space = check.handle(H5Dget_space(dataset_.id()), H5Sclose);
    check(H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, start.data() + skipped, nullptr, counts.data() + skipped,
                              nullptr));
    const Handle memory_space = check.handle(H5Screate_simple(rank_, counts.data() + skipped, nullptr), H5Sclose);
    check(H5Dwrite(dataset_.id(), memory_type, memory_space.id(), file_space.id(), H5P_DEFAULT, values));
}

}  // namespace spikefab::hdf5
