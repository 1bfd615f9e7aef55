// SPDX-License-Identifier: Apache-2.0
// Opening vector files and finding the check that fits.
#include "verify/vector_file.hpp"

#include "base/error.hpp"
#include "verify/kinds.hpp"

#include <fmt/format.h>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>

namespace spikefab::verify {
namespace {

[[nodiscard]] bool gzipped(std::istream& stream) {
    const bool magic = stream.get() == 0x1f && stream.get() == 0x8b;  // RFC 1952, 2.3.1
    stream.clear();
    stream.seekg(0);
    return magic;
}

}  // namespace

std::span<const VectorKind> vector_kinds() {
    static const std::array kinds{lava_neuron, nengo_neuron, lava_network, lava_learning, ranc, odin};
    return kinds;
}

nlohmann::json read_vector(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file)
        throw InputError{fmt::format("{}: cannot be opened; give a vector file (JSON, plain or gzipped)", path.string())};
    boost::iostreams::filtering_istream stream;
    if (gzipped(file)) stream.push(boost::iostreams::gzip_decompressor{});
    stream.push(file);
    try {
        return nlohmann::json::parse(stream);
    } catch (const std::exception& error) {
        throw InputError{fmt::format("{}: is not JSON, plain or gzipped ({})", path.string(), error.what())};
    }
}

Verdict check_vector(const nlohmann::json& vector) {
    for (const VectorKind& kind : vector_kinds()) {
        if (!kind.recognises(vector)) continue;
        try {
            return kind.check(vector);
        } catch (const nlohmann::json::exception& error) {
            throw InputError{fmt::format("a {} vector that lacks what its check needs: {}", kind.name, error.what())};
        }
    }
    return {.note = "no check knows this format; spikefab verify --help lists those that are known"};
}

}  // namespace spikefab::verify
