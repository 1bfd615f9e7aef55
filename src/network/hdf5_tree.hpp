// SPDX-License-Identifier: Apache-2.0
// A whole HDF5 file as a plain tree of numbers and texts.
//
// The C library crashes, loops or takes gigabytes on damaged files (1.10.8: one flipped byte in a hundred did so), so it
// runs in a process of its own and only the tree comes back.
#pragma once

#include "network/guarded.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// Numbers of any HDF5 integer, float or boolean type, as doubles, row-major. A scalar has no dimensions and one value.
struct NumberArray {
    std::vector<std::uint64_t> dims{};
    std::vector<double> values{};
};

/// Texts of fixed or variable length, row-major.
struct TextArray {
    std::vector<std::uint64_t> dims{};
    std::vector<std::string> values{};
};

/// `other`: links out of the file, compound types and whatever else is not read.
enum class Hdf5Kind : std::uint8_t { group, numbers, texts, other };

struct Hdf5Node {
    Hdf5Kind kind = Hdf5Kind::group;
    NumberArray numbers{};
    TextArray texts{};
    std::map<std::string, Hdf5Node, std::less<>> children{};
    std::map<std::string, std::string, std::less<>> text_attributes{};  ///< scalars only
    std::map<std::string, double, std::less<>> number_attributes{};     ///< scalars only

    /// The child `name` if it is of that kind, else null.
    [[nodiscard]] const Hdf5Node* find(std::string_view name, Hdf5Kind wanted) const;
};

/// The root of `file`. InputError names the file, and the path within it, when it is missing, damaged, not HDF5, or claims to
/// hold more than there is. HDF5's own messages are not printed.
[[nodiscard]] Hdf5Node read_hdf5(const std::filesystem::path& file);
[[nodiscard]] Hdf5Node read_hdf5(const std::filesystem::path& file, const GuardLimits& limits);

}  // namespace spikefab
