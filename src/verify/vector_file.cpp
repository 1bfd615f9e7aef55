// SPDX-License-Identifier: Apache-2.0
// Opening vector files and finding the check that fits.
#include "verify/vector_file.hpp"

#include "base/error.hpp"
#include "verify/chip_vector.hpp"
#include "verify/isolated.hpp"
#include "verify/kinds.hpp"
#include "verify/number_table.hpp"

#include <fmt/format.h>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <new>
#include <stdexcept>
#include <vector>

namespace spikefab::verify {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30U;
constexpr std::size_t most_depth = 64;

[[nodiscard]] bool gzipped(std::istream& stream) {
    const bool magic = stream.get() == 0x1f && stream.get() == 0x8b;  // RFC 1952, 2.3.1
    stream.clear();
    stream.seekg(0);
    return magic;
}

/// What a stream holds, unpacked.
[[nodiscard]] std::string text_of(std::istream& file) {
    boost::iostreams::filtering_istream stream;
    if (gzipped(file)) stream.push(boost::iostreams::gzip_decompressor{});
    stream.push(file);
    stream.exceptions(std::ios::badbit);  // a damaged archive says so
    std::string text;
    std::vector<char> part(1U << 20U);
    while (stream.read(part.data(), static_cast<std::streamsize>(part.size())), stream.gcount() > 0) {
        text.append(part.data(), static_cast<std::size_t>(stream.gcount()));
        if (text.size() > most_bytes)
            throw InputError{fmt::format("holds more than {} MiB of JSON; split it", most_bytes >> 20U)};
    }
    return text;
}

/// Python writes NaN, which is no JSON, for a number that does not exist: null here. InputError when lists and objects stand
/// inside each other deeper than any vector's.
[[nodiscard]] std::string prepared(const std::string& text) {
    std::string result;
    std::size_t copied = 0;
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (quoted) {
            if (letter == '\\') ++i;
            if (letter == '"') quoted = false;
        } else if (letter == '"') {
            quoted = true;
        } else if (letter == '[' || letter == '{') {
            if (++depth > most_depth) throw InputError{fmt::format("lists and objects are nested deeper than {}", most_depth)};
        } else if ((letter == ']' || letter == '}') && depth > 0) {
            --depth;
        } else if (letter == 'N' && text.compare(i, 3, "NaN") == 0) {
            result.append(text, copied, i - copied).append("null");
            copied = i + 3;
        }
    }
    return result.append(text, copied);
}

[[nodiscard]] nlohmann::json parse(const std::string& text) {
    return nlohmann::json::parse(prepared(text));
}

/// The check itself, in a process of its own.
[[nodiscard]] Verdict check_as(const VectorKind& kind, const nlohmann::json& vector) {
    try {
        return kind.check(vector);
    } catch (const nlohmann::json::exception& error) {
        throw InputError{fmt::format("a {} vector that lacks what its check needs: {}", kind.name, error.what())};
    } catch (const std::out_of_range&) {
        throw InputError{
            fmt::format("a {} vector whose lists do not fit together: one names an item that another lacks", kind.name)};
    } catch (const std::bad_alloc&) {
        throw InputError{fmt::format("a {} vector that needs more memory than there is", kind.name)};
    } catch (const std::length_error&) {
        throw InputError{fmt::format("a {} vector that needs more memory than there is", kind.name)};
    }
}

/// Files that a vector of the simulator's own names are looked for beside it.
void resolve_paths(nlohmann::json& vector, const std::filesystem::path& folder) {
    const auto resolve = [&](nlohmann::json& name) {
        if (name.is_string()) name = (folder / name.get<std::string>()).string();
    };
    if (!vector.is_object() || !vector.contains("format") || vector["format"] != chip_vector_format) return;
    if (vector.contains("chip") && vector["chip"].is_string() &&
        vector["chip"].get<std::string>().find(".y") != std::string::npos)
        resolve(vector["chip"]);
    if (vector.contains("network") && vector["network"].is_object() && vector["network"].contains("file"))
        resolve(vector["network"]["file"]);
}

/// The first kind that recognises a vector; none for what is no object.
[[nodiscard]] const VectorKind* kind_of(const nlohmann::json& vector) {
    if (!vector.is_object()) return nullptr;
    if (own_kind().recognises(vector)) return &own_kind();
    for (const VectorKind& kind : vector_kinds())
        if (kind.recognises(vector)) return &kind;
    return nullptr;
}

}  // namespace

const VectorKind& own_kind() {
    return chip_vector;
}

std::span<const VectorKind> vector_kinds() {
    static const std::array kinds{lava_neuron,    nengo_neuron,     lava_network,    lava_learning,    ranc,
                                  odin,           analog_crossbar,  analog_crosssim, analog_memristor, analog_pulses,
                                  analog_moments, analog_rc,        analog_dpi,      analog_core,      analog_spin,
                                  analog_heat,    analog_switching, analog_wall,     analog_oscillator};
    return kinds;
}

nlohmann::json read_vector(const std::filesystem::path& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure))
        throw InputError{fmt::format("{}: is a folder; give a vector file", path.string())};
    if (path.extension() == ".csv") return vector_of_table(path);
    std::ifstream file{path, std::ios::binary};
    if (!file)
        throw InputError{
            fmt::format("{}: cannot be opened; give a vector file (JSON, plain or gzipped, or CSV)", path.string())};
    try {
        nlohmann::json vector = parse(text_of(file));
        resolve_paths(vector, std::filesystem::absolute(path).parent_path());
        const VectorKind* kind = kind_of(vector);
        if (vector.is_object() && (kind == nullptr || kind->has_tables)) attach_tables(vector, path);
        return vector;
    } catch (const boost::iostreams::gzip_error&) {
        throw InputError{fmt::format("{}: is gzipped, but damaged or cut off", path.string())};
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}: {}", path.string(), error.what())};
    } catch (const std::exception& error) {
        throw InputError{fmt::format("{}: is not JSON, plain or gzipped ({})", path.string(), error.what())};
    }
}

Verdict check_vector(const nlohmann::json& vector) {
    if (const VectorKind* kind = kind_of(vector)) return run_isolated([&] { return check_as(*kind, vector); });
    return {.note = "no check knows this format; spikefab verify --help lists those that are known"};
}

}  // namespace spikefab::verify
