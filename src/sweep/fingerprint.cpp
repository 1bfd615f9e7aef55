// SPDX-License-Identifier: Apache-2.0
// SHA-1 by Boost.
#include "sweep/fingerprint.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <boost/uuid/detail/sha1.hpp>

#include <array>
#include <cstdint>
#include <fstream>

namespace spikefab {

struct Fingerprint::State {
    boost::uuids::detail::sha1 sha1;

    void begin_part(std::uintmax_t size) {
        const std::string length = fmt::format("{}:", size);
        sha1.process_bytes(length.data(), length.size());
    }
};

Fingerprint::Fingerprint() : state_{std::make_unique<State>()} {}
Fingerprint::~Fingerprint() = default;

void Fingerprint::add(std::string_view part) {
    state_->begin_part(part.size());
    state_->sha1.process_bytes(part.data(), part.size());
}

void Fingerprint::add_file(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(file, failure);
    if (!stream || failure) throw InputError{fmt::format("cannot read '{}'; is the path right?", file.string())};
    state_->begin_part(size);
    std::array<char, 65536> block{};
    while (stream.read(block.data(), block.size()) || stream.gcount() > 0)
        state_->sha1.process_bytes(block.data(), static_cast<std::size_t>(stream.gcount()));
}

std::string Fingerprint::hex() const {
    boost::uuids::detail::sha1 finished = state_->sha1;
    boost::uuids::detail::sha1::digest_type digest{};
    finished.get_digest(digest);
    std::string text;
    for (const unsigned word : digest) text += fmt::format("{:08x}", word);
    return text;
}

}  // namespace spikefab
