// SPDX-License-Identifier: Apache-2.0
// The .npy header (version 1.0) and a stored ZIP archive around it.
// Sources: numpy.lib.format; PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
#include "observe/npz_writer.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <bit>
#include <limits>
#include <string_view>

namespace spikefab {
namespace {

constexpr std::uint32_t version_needed = 20;
constexpr std::uint32_t no_date = (1U << 5U) | 1U;  // 1 January 1980, the earliest that a ZIP file can say
constexpr std::size_t header_alignment = 64;

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

void put(std::string& out, std::uint32_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
}

/// CRC-32 of ISO 3309, bit by bit from the low end.
[[nodiscard]] std::uint32_t checksum(std::string_view text) {
    std::uint32_t crc = ~0U;
    for (const char letter : text) {
        crc ^= static_cast<unsigned char>(letter);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

template <class Value>
[[nodiscard]] std::string npy(std::string_view type, std::span<const Value> values) {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type, values.size());
    constexpr std::size_t preamble = 10;  // magic, version, length
    header += std::string(header_alignment - 1 - (preamble + header.size()) % header_alignment, ' ') + '\n';
    std::string content = "\x93NUMPY";
    put(content, 1, 2);
    put(content, static_cast<std::uint32_t>(header.size()), 2);
    content += header;
    const auto bytes = std::as_bytes(values);
    for (const std::byte byte : bytes) content += static_cast<char>(byte);
    return content;
}

}  // namespace

void NpzWriter::add(const std::string& name, std::span<const std::uint32_t> values) {
    add_member(name + ".npy", npy("<u4", values));
}

void NpzWriter::add(const std::string& name, std::span<const std::int16_t> values) {
    add_member(name + ".npy", npy("<i2", values));
}

void NpzWriter::add_member(const std::string& name, const std::string& content) {
    if (content.size() > std::numeric_limits<std::int32_t>::max() - std::size_t{written_})
        throw SimulationError{fmt::format("'{}' would be larger than 2 GiB", file_.path().string())};
    std::string common;  // of the local header and the directory
    put(common, version_needed, 2);
    put(common, 0, 4);  // no flags, stored
    put(common, no_date << 16U, 4);
    put(common, checksum(content), 4);
    put(common, static_cast<std::uint32_t>(content.size()), 4);
    put(common, static_cast<std::uint32_t>(content.size()), 4);
    put(common, static_cast<std::uint32_t>(name.size()), 2);
    put(common, 0, 2);  // no extra field

    std::string local;
    put(local, 0x04034b50U, 4);
    local += common + name;
    put(directory_, 0x02014b50U, 4);
    put(directory_, version_needed, 2);
    directory_ += common;
    put(directory_, 0, 2);  // no comment
    put(directory_, 0, 4);  // first disk, no attributes
    put(directory_, 0, 4);
    put(directory_, written_, 4);
    directory_ += name;

    file_.write(local);
    file_.write(content);
    written_ += static_cast<std::uint32_t>(local.size() + content.size());
    ++members_;
}

void NpzWriter::close() {
    std::string end;
    put(end, 0x06054b50U, 4);
    put(end, 0, 4);  // one disk
    put(end, members_, 2);
    put(end, members_, 2);
    put(end, static_cast<std::uint32_t>(directory_.size()), 4);
    put(end, written_, 4);
    put(end, 0, 2);
    file_.write(directory_ + end);
    file_.close();
}

}  // namespace spikefab
