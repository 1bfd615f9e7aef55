// SPDX-License-Identifier: Apache-2.0
// Arrays of numbers from idx (plain or gzipped), .npy and .npz files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spikefab {

/// A row-major array. Unsigned bytes stay bytes; every other type becomes doubles.
struct NumericArray {
    std::vector<std::uint64_t> dims{};
    std::variant<std::vector<std::uint8_t>, std::vector<double>> values{};

    [[nodiscard]] std::size_t size() const {
        return std::visit([](const auto& list) { return list.size(); }, values);
    }
    [[nodiscard]] double operator[](std::size_t index) const {
        return std::visit([index](const auto& list) { return static_cast<double>(list[index]); }, values);
    }
};

/// The bytes of a file, unpacked where it is gzipped. InputError when it is missing, damaged or larger than 2 GiB.
[[nodiscard]] std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file);

/// `name` is used in messages. InputError, with what was expected, when the bytes are not a whole array of that format.
/// idx: http://yann.lecun.com/exdb/mnist; npy: NumPy's numpy.lib.format, versions 1 to 3, C order.
[[nodiscard]] NumericArray parse_idx(std::span<const std::uint8_t> bytes, const std::string& name);
[[nodiscard]] NumericArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name);

/// The array of an .npz archive (a zip of .npy files) named `member` or, when that is empty, the only one, or the first of
/// `preferred` that it holds.
[[nodiscard]] NumericArray parse_npz(std::span<const std::uint8_t> bytes, const std::string& name, std::string_view member,
                                     std::span<const std::string_view> preferred);

/// Any of the formats, told apart by their first bytes; `member` and `preferred` as above.
[[nodiscard]] NumericArray read_array(const std::filesystem::path& file, std::string_view member,
                                      std::span<const std::string_view> preferred);

}  // namespace spikefab
