// SPDX-License-Identifier: Apache-2.0
// RAII around the parts of the HDF5 C library that reading needs, with limits on what a file may claim.
#include "network/hdf5_file.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace spikefab {
namespace {

/// gzip cannot expand by more than 1032 (zlib's own limit); the rest is slack for small datasets.
constexpr std::uint64_t greatest_expansion = 1100;
constexpr std::uint64_t always_believable = std::uint64_t{1} << 20U;
/// No dataset may take more than this in memory.
constexpr std::uint64_t greatest_bytes = std::uint64_t{1} << 32U;
constexpr std::uint64_t greatest_texts = std::uint64_t{1} << 22U;
constexpr unsigned greatest_rank = 16;

std::uint64_t size_of(const std::filesystem::path& path) {
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(path, failure);
    if (failure || status.type() == std::filesystem::file_type::not_found)
        throw InputError{fmt::format("{}: there is no such file", path.string())};
    if (status.type() == std::filesystem::file_type::directory)
        throw InputError{fmt::format("{}: is a folder, not a file", path.string())};
    const std::uint64_t bytes = std::filesystem::file_size(path, failure);
    if (failure) throw InputError{fmt::format("{}: cannot be read ({})", path.string(), failure.message())};
    return bytes;
}

/// The deepest reason that HDF5 noted for its last failure.
std::string last_reason() {
    std::string reason;
    const auto note = [](unsigned /*depth*/, const H5E_error2_t* entry, void* out) -> herr_t {
        if (entry->desc != nullptr) *static_cast<std::string*>(out) = entry->desc;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, note, &reason);
    H5Eclear2(H5E_DEFAULT);
    return reason.empty() ? "unknown reason" : reason;
}

/// Opened without locks, so that files on read-only and network disks open too.
Hdf5Handle open_file(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Hdf5Handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose};
    H5Pset_file_locking(access.id(), false, true);
    H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
    Hdf5Handle file{H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose};
    if (!file.valid())
        throw InputError{fmt::format("{}: not a readable HDF5 file ({}); is it complete?", path.string(), last_reason())};
    return file;
}

/// h5py writes booleans as an enumeration of single bytes.
bool is_boolean(hid_t type) {
    return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1;
}

bool is_number(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_INTEGER || kind == H5T_FLOAT || is_boolean(type);
}

/// False when HDF5 fails.
bool read_booleans(hid_t dataset, hid_t type, std::vector<double>& values) {
    std::vector<std::uint8_t> bytes(values.size());
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) return false;
    std::copy(bytes.begin(), bytes.end(), values.begin());
    return true;
}

/// A memory type for one string of the file's type: variable length as it is, fixed length with its own size.
Hdf5Handle text_type(hid_t file_type) {
    return {H5Tcopy(file_type), H5Tclose};
}

std::string trimmed(std::string_view raw, H5T_str_t padding) {
    std::string_view text = raw.substr(0, raw.find('\0'));
    if (padding == H5T_STR_SPACEPAD)
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return std::string{text};
}

std::uint64_t count_of(const std::vector<std::uint64_t>& dims) {
    return std::accumulate(dims.begin(), dims.end(), std::uint64_t{1}, std::multiplies<>{});
}

/// Reads `count` strings through `read(memory type, buffer)`; nothing when HDF5 fails.
template <class Read>
std::optional<std::vector<std::string>> read_texts(hid_t file_type, hid_t space, std::uint64_t count, const Read& read) {
    const Hdf5Handle type = text_type(file_type);
    std::vector<std::string> texts;
    if (H5Tis_variable_str(file_type) > 0) {
        std::vector<char*> pointers(count, nullptr);
        const bool done = read(type.id(), static_cast<void*>(pointers.data())) >= 0;
        for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(type.id(), space, H5P_DEFAULT, pointers.data());
        return done ? std::optional{std::move(texts)} : std::nullopt;
    }
    const std::size_t width = H5Tget_size(file_type);
    std::vector<char> bytes(width * count);
    if (read(type.id(), static_cast<void*>(bytes.data())) < 0) return std::nullopt;
    const H5T_str_t padding = H5Tget_strpad(file_type);
    for (std::uint64_t i = 0; i < count; ++i) texts.push_back(trimmed({bytes.data() + i * width, width}, padding));
    return texts;
}

herr_t collect_name(hid_t /*group*/, const char* name, const H5L_info_t* /*info*/, void* out) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
}

}  // namespace

Hdf5File::Hdf5File(const std::filesystem::path& file)
    : name_{file.string()}, file_bytes_{size_of(file)}, file_{open_file(file)} {}

void Hdf5File::refuse(const std::string& path, std::string_view problem) const {
    throw InputError{fmt::format("{}: {}: {}", name_, path, problem)};
}

Hdf5Kind Hdf5File::kind(const std::string& path) const {
    if (path != "/") {
        H5L_info_t link{};
        if (H5Lexists(file_.id(), path.c_str(), H5P_DEFAULT) <= 0) return Hdf5Kind::nothing;
        if (H5Lget_info(file_.id(), path.c_str(), &link, H5P_DEFAULT) < 0) return Hdf5Kind::nothing;
        if (link.type != H5L_TYPE_HARD) return Hdf5Kind::other;
    }
    const Hdf5Handle object{H5Oopen(file_.id(), path.c_str(), H5P_DEFAULT), H5Oclose};
    if (!object.valid()) refuse(path, fmt::format("cannot be opened ({})", last_reason()));
    if (H5Iget_type(object.id()) == H5I_GROUP) return Hdf5Kind::group;
    if (H5Iget_type(object.id()) != H5I_DATASET) return Hdf5Kind::other;
    const Hdf5Handle type{H5Dget_type(object.id()), H5Tclose};
    if (is_number(type.id())) return Hdf5Kind::numbers;
    return H5Tget_class(type.id()) == H5T_STRING ? Hdf5Kind::texts : Hdf5Kind::other;
}

std::vector<std::string> Hdf5File::children(const std::string& group) const {
    const Hdf5Handle handle{H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT), H5Gclose};
    if (!handle.valid()) refuse(group, "is not a group of the file");
    std::vector<std::string> names;
    if (H5Literate(handle.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names) < 0)
        refuse(group, fmt::format("cannot be listed ({})", last_reason()));
    return names;
}

Hdf5Handle Hdf5File::open_dataset(const std::string& path) const {
    Hdf5Handle dataset{H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT), H5Dclose};
    if (!dataset.valid()) refuse(path, "is missing, or not a dataset");
    return dataset;
}

std::vector<std::uint64_t> Hdf5File::believable_dims(const Hdf5Handle& dataset, const std::string& path,
                                                     std::uint64_t bytes_each) const {
    const Hdf5Handle space{H5Dget_space(dataset.id()), H5Sclose};
    const int rank = H5Sget_simple_extent_ndims(space.id());
    if (rank < 0 || rank > static_cast<int>(greatest_rank)) refuse(path, "has no usable dimensions");
    std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
    if (rank > 0 && H5Sget_simple_extent_dims(space.id(), dims.data(), nullptr) < 0) refuse(path, "has no usable dimensions");
    std::uint64_t bytes = bytes_each;
    for (const hsize_t dim : dims) {
        if (dim != 0 && bytes > greatest_bytes / dim)
            refuse(path,
                   fmt::format("claims to hold ({}) values, more than {} GiB", fmt::join(dims, ", "), greatest_bytes >> 30U));
        bytes *= dim;
    }
    const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset.id()), file_bytes_);
    if (bytes > always_believable && bytes / greatest_expansion > stored)
        refuse(path, fmt::format("claims to hold ({}) values, but only {} bytes of the file are behind it",
                                 fmt::join(dims, ", "), stored));
    return {dims.begin(), dims.end()};
}

NumberArray Hdf5File::numbers(const std::string& path) const {
    const Hdf5Handle dataset = open_dataset(path);
    const Hdf5Handle type{H5Dget_type(dataset.id()), H5Tclose};
    if (!is_number(type.id())) refuse(path, "is not a dataset of numbers");
    NumberArray array{.dims = believable_dims(dataset, path, H5Tget_size(type.id())), .values = {}};
    array.values.resize(count_of(array.dims));
    if (array.values.empty()) return array;
    const bool done = is_boolean(type.id())
                          ? read_booleans(dataset.id(), type.id(), array.values)
                          : H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) >= 0;
    if (!done) refuse(path, fmt::format("cannot be read ({}); is the file complete?", last_reason()));
    return array;
}

TextArray Hdf5File::texts(const std::string& path) const {
    const Hdf5Handle dataset = open_dataset(path);
    const Hdf5Handle type{H5Dget_type(dataset.id()), H5Tclose};
    if (H5Tget_class(type.id()) != H5T_STRING) refuse(path, "is not a dataset of texts");
    TextArray array{.dims = believable_dims(dataset, path, H5Tget_size(type.id())), .values = {}};
    const std::uint64_t count = count_of(array.dims);
    if (count > greatest_texts)
        refuse(path, fmt::format("claims to hold {} texts; at most {} are read", count, greatest_texts));
    if (count == 0) return array;
    const Hdf5Handle space{H5Dget_space(dataset.id()), H5Sclose};
    auto texts = read_texts(type.id(), space.id(), count, [&](hid_t memory_type, void* buffer) {
        return H5Dread(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
    });
    if (!texts) refuse(path, fmt::format("cannot be read ({}); is the file complete?", last_reason()));
    array.values = std::move(*texts);
    return array;
}

std::string Hdf5File::text(const std::string& path) const {
    TextArray array = texts(path);
    if (array.values.size() != 1) refuse(path, fmt::format("must hold one text, but holds {}", array.values.size()));
    return std::move(array.values.front());
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& path, const std::string& name) const {
    if (H5Aexists_by_name(file_.id(), path.c_str(), name.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
    const Hdf5Handle attribute{H5Aopen_by_name(file_.id(), path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
    if (!attribute.valid()) refuse(path, fmt::format("its attribute '{}' cannot be read ({})", name, last_reason()));
    const Hdf5Handle type{H5Aget_type(attribute.id()), H5Tclose};
    const Hdf5Handle space{H5Aget_space(attribute.id()), H5Sclose};
    if (H5Tget_class(type.id()) != H5T_STRING || H5Sget_simple_extent_npoints(space.id()) != 1) return std::nullopt;
    auto texts = read_texts(type.id(), space.id(), 1,
                            [&](hid_t memory_type, void* buffer) { return H5Aread(attribute.id(), memory_type, buffer); });
    if (!texts) refuse(path, fmt::format("its attribute '{}' cannot be read ({})", name, last_reason()));
    return std::move(texts->front());
}

std::optional<double> Hdf5File::number_attribute(const std::string& path, const std::string& name) const {
    if (H5Aexists_by_name(file_.id(), path.c_str(), name.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
    const Hdf5Handle attribute{H5Aopen_by_name(file_.id(), path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
    if (!attribute.valid()) refuse(path, fmt::format("its attribute '{}' cannot be read ({})", name, last_reason()));
    const Hdf5Handle type{H5Aget_type(attribute.id()), H5Tclose};
    const Hdf5Handle space{H5Aget_space(attribute.id()), H5Sclose};
    if (!is_number(type.id()) || H5Sget_simple_extent_npoints(space.id()) != 1) return std::nullopt;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &number) < 0)
        refuse(path, fmt::format("its attribute '{}' cannot be read ({})", name, last_reason()));
    return number;
}

}  // namespace spikefab
