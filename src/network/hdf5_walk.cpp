// SPDX-License-Identifier: Apache-2.0
// RAII around the parts of the HDF5 C library that reading needs, with limits on what a file may claim.
#include "network/hdf5_walk.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace spikefab {
namespace {

/// gzip cannot expand by more than 1032 (zlib's own limit); the rest is slack for small datasets.
constexpr std::uint64_t greatest_expansion = 1100;
constexpr std::uint64_t always_believable = std::uint64_t{1} << 20U;
/// No dataset may take more than this in memory.
constexpr std::uint64_t greatest_bytes = std::uint64_t{1} << 32U;
constexpr std::uint64_t greatest_texts = std::uint64_t{1} << 22U;
constexpr int greatest_rank = 16;
constexpr int deepest_group = 48;
constexpr std::size_t most_objects = 400'000;

/// Owns an HDF5 identifier.
class Handle final {
public:
    using Close = herr_t (*)(hid_t);
    Handle(hid_t id, Close close) : id_{id}, close_{close} {}
    Handle(Handle&& other) noexcept : id_{std::exchange(other.id_, -1)}, close_{other.close_} {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    [[nodiscard]] hid_t id() const { return id_; }
    [[nodiscard]] bool valid() const { return id_ >= 0; }

private:
    hid_t id_;
    Close close_;
};

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
Handle open_file(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose};
    H5Pset_file_locking(access.id(), false, true);
    Handle file{H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose};
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

bool is_text(hid_t type) {
    return H5Tget_class(type) == H5T_STRING;
}

/// Reads through `read(memory type, buffer)`; nothing when HDF5 fails.
template <class Read>
std::optional<std::vector<double>> read_numbers(hid_t type, std::uint64_t count, const Read& read) {
    std::vector<double> values(count);
    if (count == 0) return values;
    if (!is_boolean(type)) return read(H5T_NATIVE_DOUBLE, values.data()) < 0 ? std::nullopt : std::optional{std::move(values)};
    std::vector<std::uint8_t> bytes(count);
    if (read(type, bytes.data()) < 0) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), values.begin());
    return values;
}

std::string trimmed(std::string_view raw, H5T_str_t padding) {
    std::string_view text = raw.substr(0, raw.find('\0'));
    if (padding == H5T_STR_SPACEPAD)
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return std::string{text};
}

template <class Read>
std::optional<std::vector<std::string>> read_texts(hid_t type, hid_t space, std::uint64_t count, const Read& read) {
    std::vector<std::string> texts;
    if (count == 0) return texts;
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> pointers(count, nullptr);
        if (read(type, pointers.data()) < 0) return std::nullopt;
        for (const char* text : pointers) texts.emplace_back(text == nullptr ? "" : text);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
        return texts;
    }
    const std::size_t width = H5Tget_size(type);
    std::vector<char> bytes(width * count);
    if (read(type, bytes.data()) < 0) return std::nullopt;
    for (std::uint64_t i = 0; i < count; ++i) texts.push_back(trimmed({bytes.data() + i * width, width}, H5Tget_strpad(type)));
    return texts;
}

herr_t collect_link(hid_t /*group*/, const char* name, const H5L_info_t* info, void* out) {
    static_cast<std::vector<std::pair<std::string, bool>>*>(out)->emplace_back(name, info->type == H5L_TYPE_HARD);
    return 0;
}

herr_t collect_attribute(hid_t /*object*/, const char* name, const H5A_info_t* /*info*/, void* out) {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
}

class Walker final {
public:
    explicit Walker(const std::filesystem::path& path)
        : name_{path.string()}, bytes_{std::filesystem::file_size(path)}, file_{open_file(path)} {}

    [[nodiscard]] Hdf5Node root() { return object("/", 0); }

private:
    [[noreturn]] void refuse(const std::string& path, std::string_view problem) const {
        throw InputError{fmt::format("{}: {}: {}", name_, path, problem)};
    }

    [[nodiscard]] Hdf5Node object(const std::string& path, int depth) {
        if (++objects_ > most_objects) refuse(path, fmt::format("the file holds more than {} objects", most_objects));
        if (depth > deepest_group) refuse(path, fmt::format("groups nest deeper than {} levels", deepest_group));
        const Handle handle{H5Oopen(file_.id(), path.c_str(), H5P_DEFAULT), H5Oclose};
        if (!handle.valid()) refuse(path, fmt::format("cannot be opened ({})", last_reason()));
        Hdf5Node node{.kind = Hdf5Kind::other};
        if (H5Iget_type(handle.id()) == H5I_GROUP) {
            node.kind = Hdf5Kind::group;
            add_children(handle.id(), path, depth, node);
        } else if (H5Iget_type(handle.id()) == H5I_DATASET) {
            add_dataset(handle.id(), path, node);
        }
        add_attributes(handle.id(), path, node);
        return node;
    }

    /// Links that lead elsewhere are not followed.
    void add_children(hid_t group, const std::string& path, int depth, Hdf5Node& node) {
        std::vector<std::pair<std::string, bool>> links;
        if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_link, &links) < 0)
            refuse(path, fmt::format("cannot be listed ({})", last_reason()));
        for (const auto& [name, hard] : links)
            node.children.emplace(name, hard ? object(path == "/" ? path + name : path + "/" + name, depth + 1)
                                             : Hdf5Node{.kind = Hdf5Kind::other});
    }

    void add_dataset(hid_t dataset, const std::string& path, Hdf5Node& node) const {
        const Handle type{H5Dget_type(dataset), H5Tclose};
        const Handle space{H5Dget_space(dataset), H5Sclose};
        if (!is_number(type.id()) && !is_text(type.id())) return;
        const std::vector<std::uint64_t> dims = believable_dims(dataset, space.id(), H5Tget_size(type.id()), path);
        const std::uint64_t count = std::accumulate(dims.begin(), dims.end(), std::uint64_t{1}, std::multiplies<>{});
        const auto read = [dataset](hid_t memory_type, void* buffer) {
            return H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
        };
        bool done = false;
        if (is_number(type.id())) {
            auto values = read_numbers(type.id(), count, read);
            if ((done = values.has_value())) node.numbers = {dims, std::move(*values)};
            node.kind = Hdf5Kind::numbers;
        } else {
            if (count > greatest_texts)
                refuse(path, fmt::format("claims to hold {} texts; at most {} are read", count, greatest_texts));
            auto values = read_texts(type.id(), space.id(), count, read);
            if ((done = values.has_value())) node.texts = {dims, std::move(*values)};
            node.kind = Hdf5Kind::texts;
        }
        if (!done) refuse(path, fmt::format("cannot be read ({}); is the file complete?", last_reason()));
    }

    /// Dimensions that the stored bytes can fill: a few bytes of a damaged file may claim any size.
    [[nodiscard]] std::vector<std::uint64_t> believable_dims(hid_t dataset, hid_t space, std::uint64_t bytes_each,
                                                             const std::string& path) const {
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > greatest_rank) refuse(path, "has no usable dimensions");
        std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
        if (rank > 0 && H5Sget_simple_extent_dims(space, dims.data(), nullptr) < 0) refuse(path, "has no usable dimensions");
        std::uint64_t count = 1;
        for (const hsize_t dim : dims) {
            if (dim != 0 && count > greatest_bytes / sizeof(double) / dim)
                refuse(path, fmt::format("claims to hold ({}) values, more than fit into {} GiB", fmt::join(dims, ", "),
                                         greatest_bytes >> 30U));
            count *= dim;
        }
        const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset), bytes_);
        if (count * bytes_each > always_believable && count * bytes_each / greatest_expansion > stored)
            refuse(path, fmt::format("claims to hold ({}) values, but only {} bytes of the file are behind it",
                                     fmt::join(dims, ", "), stored));
        return {dims.begin(), dims.end()};
    }

    void add_attributes(hid_t object, const std::string& path, Hdf5Node& node) const {
        std::vector<std::string> names;
        if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_attribute, &names) < 0)
            refuse(path, fmt::format("its attributes cannot be listed ({})", last_reason()));
        for (const std::string& name : names) {
            const Handle attribute{H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose};
            if (!attribute.valid()) refuse(path, fmt::format("its attribute '{}' cannot be opened ({})", name, last_reason()));
            add_attribute(attribute.id(), name, path, node);
        }
    }

    void add_attribute(hid_t attribute, const std::string& name, const std::string& path, Hdf5Node& node) const {
        const Handle type{H5Aget_type(attribute), H5Tclose};
        const Handle space{H5Aget_space(attribute), H5Sclose};
        if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_size(type.id()) > always_believable) return;
        const auto read = [attribute](hid_t memory_type, void* buffer) { return H5Aread(attribute, memory_type, buffer); };
        bool done = true;
        if (is_number(type.id())) {
            const auto values = read_numbers(type.id(), 1, read);
            if ((done = values.has_value())) node.number_attributes.emplace(name, values->front());
        } else if (is_text(type.id())) {
            auto values = read_texts(type.id(), space.id(), 1, read);
            if ((done = values.has_value())) node.text_attributes.emplace(name, std::move(values->front()));
        }
        if (!done) refuse(path, fmt::format("its attribute '{}' cannot be read ({})", name, last_reason()));
    }

    std::string name_;
    std::uint64_t bytes_;
    Handle file_;
    std::size_t objects_ = 0;
};

}  // namespace

Hdf5Node walk_hdf5(const std::filesystem::path& file) {
    return Walker{file}.root();
}

}  // namespace spikefab
