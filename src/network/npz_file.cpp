// SPDX-License-Identifier: Apache-2.0
// Members of .npz archives by libzip, which checks sizes and checksums of what it unpacks and reads every zip that NumPy
// writes (deflated, stored, zip64). xtensor's reader trusts the sizes it finds; minizip leaves the checksum to the caller.
#include "base/error.hpp"
#include "network/array_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include <algorithm>
#include <memory>

namespace spikefab {
namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{1} << 31U;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;

using Archive = std::unique_ptr<zip_t, void (*)(zip_t*)>;
using Member = std::unique_ptr<zip_file_t, int (*)(zip_file_t*)>;

[[noreturn]] void refuse(const std::string& name, std::string_view problem) {
    throw InputError{fmt::format("{}: {}", name, problem)};
}

Archive open_archive(std::span<const std::uint8_t> bytes, const std::string& name) {
    zip_error_t failure;
    zip_error_init(&failure);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &failure);
    zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &failure);
    const std::string reason = zip_error_strerror(&failure);
    zip_error_fini(&failure);
    if (archive == nullptr) {
        zip_source_free(source);
        refuse(name, fmt::format("is not a readable .npz archive ({}); is it complete?", reason));
    }
    return {archive, zip_discard};
}

std::vector<std::string> members_of(zip_t* archive) {
    std::vector<std::string> names;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
        const char* entry = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
        const std::string_view full = entry == nullptr ? "" : entry;
        if (full.ends_with(".npy")) names.emplace_back(full.substr(0, full.size() - 4));
    }
    return names;
}

std::string chosen_member(const std::vector<std::string>& members, const std::string& name, std::string_view member,
                          std::span<const std::string_view> preferred) {
    const auto holds = [&](std::string_view wanted) {
        return std::find(members.begin(), members.end(), wanted) != members.end();
    };
    if (!member.empty() && !holds(member))
        refuse(name, fmt::format("has no array '{}'; it holds {}", member, fmt::join(members, ", ")));
    if (!member.empty()) return std::string{member};
    if (members.size() == 1) return members.front();
    for (const std::string_view wanted : preferred)
        if (holds(wanted)) return std::string{wanted};
    refuse(name, fmt::format("holds {}; say which with {}#name",
                             members.empty() ? "no arrays" : fmt::format("{}", fmt::join(members, ", ")), name));
}

std::vector<std::uint8_t> unpacked(zip_t* archive, const std::string& member, const std::string& name) {
    const Member file{zip_fopen(archive, (member + ".npy").c_str(), 0), zip_fclose};
    if (!file) refuse(name, fmt::format("{} cannot be unpacked ({})", member, zip_strerror(archive)));
    std::vector<std::uint8_t> bytes;
    std::size_t used = 0;
    for (zip_int64_t got = 1; got > 0; used += static_cast<std::size_t>(got)) {
        bytes.resize(used + chunk_bytes);
        if (bytes.size() > most_bytes) refuse(name, fmt::format("{} holds more than {} GiB", member, most_bytes >> 30U));
        got = zip_fread(file.get(), bytes.data() + used, chunk_bytes);
        if (got < 0)
            refuse(name,
                   fmt::format("{} cannot be unpacked ({}); is the file damaged?", member, zip_file_strerror(file.get())));
    }
    bytes.resize(used);
    return bytes;
}

}  // namespace

NumericArray parse_npz(std::span<const std::uint8_t> bytes, const std::string& name, std::string_view member,
                       std::span<const std::string_view> preferred) {
    const Archive archive = open_archive(bytes, name);
    const std::string chosen = chosen_member(members_of(archive.get()), name, member, preferred);
    return parse_npy(unpacked(archive.get(), chosen, name), fmt::format("{}#{}", name, chosen));
}

}  // namespace spikefab
