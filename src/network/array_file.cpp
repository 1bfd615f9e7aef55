// SPDX-License-Identifier: Apache-2.0
// Reads bytes (gzip by zlib, which also passes plain files through) and parses idx and npy; npz is in npz_file.cpp.
#include "network/array_file.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>

namespace spikefab {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are decoded for little-endian machines");

constexpr std::size_t most_bytes = std::size_t{1} << 31U;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;

[[noreturn]] void refuse(const std::string& name, std::string_view problem) {
    throw InputError{fmt::format("{}: {}", name, problem)};
}

enum class Kind { boolean, whole, natural, real };

struct ElementType {
    Kind kind;
    std::size_t bytes;
    bool big_endian;
};

template <class Number>
double decoded(const std::uint8_t* from, bool swap) {
    std::array<std::uint8_t, sizeof(Number)> bytes{};
    std::copy_n(from, sizeof(Number), bytes.begin());
    if (swap) std::reverse(bytes.begin(), bytes.end());
    return static_cast<double>(std::bit_cast<Number>(bytes));
}

using Decoder = double (*)(const std::uint8_t*, bool);

Decoder decoder_of(const ElementType& type) {
    const bool is_signed = type.kind == Kind::whole;
    switch (type.kind == Kind::real ? type.bytes * 10 : type.bytes) {
        case 1:
            return is_signed ? decoded<std::int8_t> : decoded<std::uint8_t>;
        case 2:
            return is_signed ? decoded<std::int16_t> : decoded<std::uint16_t>;
        case 4:
            return is_signed ? decoded<std::int32_t> : decoded<std::uint32_t>;
        case 8:
            return is_signed ? decoded<std::int64_t> : decoded<std::uint64_t>;
        case 40:
            return decoded<float>;
        case 80:
            return decoded<double>;
        default:
            return nullptr;
    }
}

/// The product of `dims`; InputError when it needs more bytes than there are, or fewer.
std::size_t checked_count(const std::vector<std::uint64_t>& dims, std::size_t bytes_each, std::size_t available,
                          const std::string& name) {
    std::uint64_t count = 1;
    for (const std::uint64_t dim : dims) {
        if (dim != 0 && count > most_bytes / dim)
            refuse(name, fmt::format("declares ({}) values, too many to read", fmt::join(dims, ", ")));
        count *= dim;
    }
    if (count * bytes_each != available)
        refuse(name, fmt::format("declares ({}) values of {} bytes, that is {} bytes, but {} follow; is it complete?",
                                 fmt::join(dims, ", "), bytes_each, count * bytes_each, available));
    return count;
}

NumericArray decode(std::vector<std::uint64_t> dims, const ElementType& type, std::span<const std::uint8_t> bytes,
                    const std::string& name) {
    const std::size_t count = checked_count(dims, type.bytes, bytes.size(), name);
    if (type.kind == Kind::natural && type.bytes == 1)
        return {std::move(dims), std::vector<std::uint8_t>(bytes.begin(), bytes.end())};
    const Decoder decoder = decoder_of(type);
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = decoder(bytes.data() + i * type.bytes, type.big_endian);
    return {std::move(dims), std::move(values)};
}

/// The value of `key` in the Python dictionary of an npy header, up to the comma or brace that ends it.
std::optional<std::string_view> header_value(std::string_view header, std::string_view key) {
    const std::size_t found = header.find(fmt::format("'{}':", key));
    if (found == std::string_view::npos) return std::nullopt;
    std::string_view value = header.substr(found + key.size() + 3);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    const std::size_t end = value.starts_with('(') ? value.find(')') : value.find_first_of(",}");
    return end == std::string_view::npos ? std::nullopt : std::optional{value.substr(0, end)};
}

/// "'<f4'" and the like.
ElementType npy_type(std::string_view descr, const std::string& name) {
    const auto unknown = [&] {
        refuse(name,
               fmt::format("holds values of type {}, expected unsigned or signed integers, bool, float32 or float64", descr));
    };
    if (descr.size() != 5 || descr.front() != '\'' || descr.back() != '\'') unknown();
    const char letter = descr[2];
    const std::size_t bytes = descr[3] >= '0' && descr[3] <= '9' ? static_cast<std::size_t>(descr[3] - '0') : 0;
    const Kind kind = letter == 'b' ? Kind::boolean : letter == 'i' ? Kind::whole : letter == 'u' ? Kind::natural : Kind::real;
    const ElementType type{.kind = kind, .bytes = bytes, .big_endian = descr[1] == '>'};
    if (std::string_view{"biuf"}.find(letter) == std::string_view::npos || decoder_of(type) == nullptr) unknown();
    return type;
}

std::vector<std::uint64_t> npy_dims(std::string_view shape, const std::string& name) {
    std::vector<std::uint64_t> dims;
    std::uint64_t dim = 0;
    bool in_number = false;
    for (const char letter : fmt::format("{},", shape.substr(1))) {
        if (letter >= '0' && letter <= '9') {
            if (dim > most_bytes) refuse(name, fmt::format("declares the shape {}), too large to read", shape));
            dim = dim * 10 + static_cast<std::uint64_t>(letter - '0');
            in_number = true;
        } else if (letter == ',' || letter == ' ' || letter == 'L') {
            if (in_number) dims.push_back(dim);
            dim = 0;
            in_number = false;
        } else {
            refuse(name, fmt::format("declares the shape {}), which is not a list of sizes", shape));
        }
    }
    return dims;
}

}  // namespace

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file) {
    const std::string name = file.string();
    if (!std::filesystem::exists(file)) refuse(name, "there is no such file");
    if (std::filesystem::is_directory(file)) refuse(name, "is a folder, not a file");
    if (std::filesystem::is_character_file(file)) refuse(name, "is a device, not a file");
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> stream{gzopen(file.c_str(), "rb"), gzclose};
    if (!stream) refuse(name, "cannot be opened");
    std::vector<std::uint8_t> bytes;
    std::size_t used = 0;
    for (int got = 1; got > 0; used += static_cast<std::size_t>(got)) {
        bytes.resize(used + chunk_bytes);
        if (bytes.size() > most_bytes) refuse(name, fmt::format("holds more than {} GiB; split it", most_bytes >> 30U));
        got = std::max(gzread(stream.get(), bytes.data() + used, static_cast<unsigned>(chunk_bytes)), 0);
    }
    int failure = Z_OK;
    const char* reason = gzerror(stream.get(), &failure);
    if (failure != Z_OK) refuse(name, fmt::format("cannot be read ({}); is it complete?", reason));
    bytes.resize(used);
    return bytes;
}

NumericArray parse_idx(std::span<const std::uint8_t> bytes, const std::string& name) {
    if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
        refuse(name, "is not an idx file: it must begin with two zero bytes");
    constexpr std::array<std::pair<std::uint8_t, ElementType>, 6> types{{{0x08, {Kind::natural, 1, true}},
                                                                         {0x09, {Kind::whole, 1, true}},
                                                                         {0x0B, {Kind::whole, 2, true}},
                                                                         {0x0C, {Kind::whole, 4, true}},
                                                                         {0x0D, {Kind::real, 4, true}},
                                                                         {0x0E, {Kind::real, 8, true}}}};
    const auto* type = std::find_if(types.begin(), types.end(), [&](const auto& entry) { return entry.first == bytes[2]; });
    if (type == types.end()) refuse(name, fmt::format("is an idx file of unknown type 0x{:02X}", bytes[2]));
    const std::size_t rank = bytes[3];
    const std::size_t header = 4 + 4 * rank;
    if (rank == 0 || bytes.size() < header) refuse(name, "is an idx file without its sizes; is it complete?");
    std::vector<std::uint64_t> dims;
    for (std::size_t i = 0; i < rank; ++i)
        dims.push_back(static_cast<std::uint64_t>(decoded<std::uint32_t>(bytes.data() + 4 + 4 * i, true)));
    return decode(std::move(dims), type->second, bytes.subspan(header), name);
}

NumericArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& name) {
    constexpr std::array<std::uint8_t, 6> magic{0x93, 'N', 'U', 'M', 'P', 'Y'};
    if (bytes.size() < 10 || !std::equal(magic.begin(), magic.end(), bytes.begin())) refuse(name, "is not an npy file");
    const unsigned version = bytes[6];
    if (version < 1 || version > 3) refuse(name, fmt::format("is an npy file of version {}; 1 to 3 are known", version));
    const std::size_t start = version == 1 ? 10 : 12;
    if (bytes.size() < start) refuse(name, "ends in its npy header; is it complete?");
    const auto length = static_cast<std::size_t>(version == 1 ? decoded<std::uint16_t>(bytes.data() + 8, false)
                                                              : decoded<std::uint32_t>(bytes.data() + 8, false));
    if (length > bytes.size() - start) refuse(name, "ends in its npy header; is it complete?");
    const std::string header(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                             bytes.begin() + static_cast<std::ptrdiff_t>(start + length));
    const auto descr = header_value(header, "descr");
    const auto order = header_value(header, "fortran_order");
    const auto shape = header_value(header, "shape");
    if (!descr || !order || !shape || !shape->starts_with('('))
        refuse(name, "has an npy header without descr, fortran_order or shape");
    if (*order != "False") refuse(name, "is in Fortran order; save it with numpy.ascontiguousarray");
    return decode(npy_dims(*shape, name), npy_type(*descr, name), bytes.subspan(start + length), name);
}

NumericArray read_array(const std::filesystem::path& file, std::string_view member,
                        std::span<const std::string_view> preferred) {
    const std::vector<std::uint8_t> bytes = read_bytes(file);
    const std::string name = file.string();
    if (bytes.size() >= 4 && bytes[0] == 'P' && bytes[1] == 'K') return parse_npz(bytes, name, member, preferred);
    if (!member.empty()) refuse(name, fmt::format("is not an .npz archive, so it has no member '{}'", member));
    if (!bytes.empty() && bytes[0] == 0x93) return parse_npy(bytes, name);
    if (!bytes.empty() && bytes[0] == 0) return parse_idx(bytes, name);
    refuse(name, "is none of idx, idx.gz, npy, npz or HDF5 (NIRData)");
}

}  // namespace spikefab
