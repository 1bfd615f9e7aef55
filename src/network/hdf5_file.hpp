// SPDX-License-Identifier: Apache-2.0
// Reads numbers and texts from HDF5 files (C library), trusting nothing that a damaged file says of itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikefab {

/// Numbers of any HDF5 integer or float type, as doubles, row-major. A scalar has no dimensions and one value.
struct NumberArray {
    std::vector<std::uint64_t> dims{};
    std::vector<double> values{};
};

/// Texts of a dataset of fixed or variable length strings, row-major.
struct TextArray {
    std::vector<std::uint64_t> dims{};
    std::vector<std::string> values{};
};

/// Owns an HDF5 identifier.
class Hdf5Handle final {
public:
    using Close = int (*)(std::int64_t);
    Hdf5Handle(std::int64_t id, Close close) : id_{id}, close_{close} {}
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_{std::exchange(other.id_, -1)}, close_{other.close_} {}
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Hdf5Handle() {
        if (id_ >= 0) close_(id_);
    }
    [[nodiscard]] std::int64_t id() const { return id_; }
    [[nodiscard]] bool valid() const { return id_ >= 0; }

private:
    std::int64_t id_;
    Close close_;
};

enum class Hdf5Kind { nothing, group, numbers, texts, other };

/// A file opened for reading. Paths are absolute within the file ("/node/nodes/0/weight"). Every failure is an InputError that
/// names the file and the path. HDF5's own messages are not printed.
class Hdf5File final {
public:
    explicit Hdf5File(const std::filesystem::path& file);

    /// What is at `path`. Only what lies in this file counts: soft and external links are `other`.
    [[nodiscard]] Hdf5Kind kind(const std::string& path) const;
    /// Names of what a group holds, in the order of their bytes.
    [[nodiscard]] std::vector<std::string> children(const std::string& group) const;
    [[nodiscard]] NumberArray numbers(const std::string& path) const;
    [[nodiscard]] TextArray texts(const std::string& path) const;
    /// A scalar or one-element text dataset.
    [[nodiscard]] std::string text(const std::string& path) const;
    /// A text attribute of the object at `path`; nothing when there is none.
    [[nodiscard]] std::optional<std::string> text_attribute(const std::string& path, const std::string& name) const;
    /// A number attribute of the object at `path`; nothing when there is none.
    [[nodiscard]] std::optional<double> number_attribute(const std::string& path, const std::string& name) const;

private:
    [[noreturn]] void refuse(const std::string& path, std::string_view problem) const;
    [[nodiscard]] Hdf5Handle open_dataset(const std::string& path) const;
    [[nodiscard]] std::vector<std::uint64_t> believable_dims(const Hdf5Handle& dataset, const std::string& path,
                                                             std::uint64_t bytes_each) const;

    std::string name_;
    std::uint64_t file_bytes_;
    Hdf5Handle file_;
};

}  // namespace spikefab
