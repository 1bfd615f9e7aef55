// SPDX-License-Identifier: Apache-2.0
// HDF5 files for writing, through the library's C interface: handles that close themselves, checked calls, compressed
// columns that grow, no timestamps. Only for the writers of this room.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace spikefab::hdf5 {

inline constexpr hsize_t chunk_events = 16384;  ///< of a column; writers hold about as many in memory

/// An HDF5 identifier that closes itself.
class Handle final {
public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close closer) : id_{id}, close_{closer} {}
    Handle(Handle&& other) noexcept : id_{std::exchange(other.id_, H5I_INVALID_HID)}, close_{other.close_} {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    [[nodiscard]] hid_t id() const { return id_; }
    /// Closes now; false when HDF5 could not.
    [[nodiscard]] bool close() { return close_(std::exchange(id_, H5I_INVALID_HID)) >= 0; }

private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// Turns HDF5's return codes into exceptions that name the file.
class Checker final {
public:
    explicit Checker(std::string path) : path_{std::move(path)} {}
    [[nodiscard]] Handle handle(hid_t id, Handle::Close close) const {
        if (id < 0) fail();
        return {id, close};
    }
    void operator()(herr_t code) const {
        if (code < 0) fail();
    }
    [[noreturn]] void fail() const;

private:
    std::string path_;
};

/// InputError when the file cannot be created.
[[nodiscard]] Handle create_file(const std::filesystem::path& path);
/// Writes everything through; SimulationError when it cannot be kept (a full disk).
void close_file(const Checker& check, Handle& file);

void write_attribute(const Checker& check, hid_t object, const char* name, hid_t file_type, hid_t memory_type,
                     const void* value);
void write_text(const Checker& check, hid_t object, const char* name, const char* value);
[[nodiscard]] Handle make_group(const Checker& check, hid_t parent, const char* name);

/// A compressed dataset that grows along its last axis: of shape (events), or (1 sample, events) as NIR wants.
class GrowingDataset final {
public:
    enum class Shape { list, one_sample };
    GrowingDataset(const Checker& check, hid_t group, const char* name, hid_t file_type, Shape shape);
    /// `count` values behind the `already` there.
    void append(const Checker& check, hid_t memory_type, const void* values, hsize_t count, hsize_t already) const;

private:
    int rank_;
    Handle dataset_;
};

/// The HDF5 types of a C++ number: as kept in the file (little endian) and as held in memory.
template <class Value>
struct TypesOf;
template <>
struct TypesOf<std::int32_t> {
    static hid_t file() { return H5T_STD_I32LE; }
    static hid_t memory() { return H5T_NATIVE_INT32; }
};
template <>
struct TypesOf<std::uint32_t> {
    static hid_t file() { return H5T_STD_U32LE; }
    static hid_t memory() { return H5T_NATIVE_UINT32; }
};
template <>
struct TypesOf<std::int64_t> {
    static hid_t file() { return H5T_STD_I64LE; }
    static hid_t memory() { return H5T_NATIVE_INT64; }
};
template <>
struct TypesOf<std::uint64_t> {
    static hid_t file() { return H5T_STD_U64LE; }
    static hid_t memory() { return H5T_NATIVE_UINT64; }
};
template <>
struct TypesOf<double> {
    static hid_t file() { return H5T_IEEE_F64LE; }
    static hid_t memory() { return H5T_NATIVE_DOUBLE; }
};

/// A column and those of its values that are not yet in the file.
template <class Value>
class Column final {
public:
    Column(const Checker& check, hid_t group, const char* name, GrowingDataset::Shape shape)
        : dataset_{check, group, name, TypesOf<Value>::file(), shape} {}

    void add(const Checker& check, Value value) {
        held_.push_back(value);
        if (held_.size() == chunk_events) write_out(check);
    }
    void write_out(const Checker& check) {
        if (held_.empty()) return;
        dataset_.append(check, TypesOf<Value>::memory(), held_.data(), held_.size(), written_);
        written_ += held_.size();
        held_.clear();
    }

private:
    GrowingDataset dataset_;
    std::vector<Value> held_;
    hsize_t written_ = 0;
};

}  // namespace spikefab::hdf5
