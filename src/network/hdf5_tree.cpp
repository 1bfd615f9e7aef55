// SPDX-License-Identifier: Apache-2.0
// Sends the tree of an HDF5 file from the process that read it to the one that needs it.
#include "network/hdf5_tree.hpp"

#include "base/error.hpp"
#include "network/hdf5_walk.hpp"

#include <fmt/format.h>

#include <cstring>
#include <span>
#include <type_traits>

namespace spikefab {
namespace {

class Packer final {
public:
    template <class Number>
    requires std::is_arithmetic_v<Number>
    void put(Number number) { raw(&number, sizeof number); }
    void put(const std::string& text) {
        put(std::uint64_t{text.size()});
        raw(text.data(), text.size());
    }
    template <class Value>
    void put(const std::vector<Value>& list) {
        put(std::uint64_t{list.size()});
        if constexpr (std::is_arithmetic_v<Value>) {
            raw(list.data(), list.size() * sizeof(Value));
        } else {
            for (const Value& value : list) put(value);
        }
    }
    template <class Value>
    void put(const std::map<std::string, Value, std::less<>>& map) {
        put(std::uint64_t{map.size()});
        for (const auto& [key, value] : map) {
            put(key);
            put(value);
        }
    }
    void put(const Hdf5Node& node) {
        put(static_cast<std::uint8_t>(node.kind));
        put(node.numbers.dims);
        put(node.numbers.values);
        put(node.texts.dims);
        put(node.texts.values);
        put(node.text_attributes);
        put(node.number_attributes);
        put(node.children);
    }
    [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
    void raw(const void* data, std::size_t size) {
        const auto* from = static_cast<const std::uint8_t*>(data);
        bytes_.insert(bytes_.end(), from, from + size);
    }
    std::vector<std::uint8_t> bytes_;
};

/// Trusts no length: the process that packed may have been damaged without crashing.
class Unpacker final {
public:
    explicit Unpacker(std::span<const std::uint8_t> bytes) : rest_{bytes} {}

    template <class Number>
    requires std::is_arithmetic_v<Number>
    void get(Number& number) { std::memcpy(&number, taken(sizeof number).data(), sizeof number); }
    void get(std::string& text) {
        const auto bytes = taken(count());
        text.assign(bytes.begin(), bytes.end());
    }
    template <class Value>
    void get(std::vector<Value>& list) {
        const std::uint64_t size = count();
        if constexpr (std::is_arithmetic_v<Value>) {
            const auto bytes = taken(size * sizeof(Value));
            list.resize(size);
            if (size != 0) std::memcpy(list.data(), bytes.data(), bytes.size());
        } else {
            for (std::uint64_t i = 0; i < size; ++i) get(list.emplace_back());
        }
    }
    template <class Value>
    void get(std::map<std::string, Value, std::less<>>& map) {
        for (std::uint64_t left = count(); left != 0; --left) {
            std::string key;
            get(key);
            get(map[std::move(key)]);
        }
    }
    void get(Hdf5Node& node) {
        std::uint8_t kind = 0;
        get(kind);
        node.kind = static_cast<Hdf5Kind>(kind);
        get(node.numbers.dims);
        get(node.numbers.values);
        get(node.texts.dims);
        get(node.texts.values);
        get(node.text_attributes);
        get(node.number_attributes);
        get(node.children);
    }

private:
    /// Nothing is smaller than a byte, so no count exceeds the bytes left.
    [[nodiscard]] std::uint64_t count() {
        std::uint64_t size = 0;
        get(size);
        if (size > rest_.size()) throw InputError{"the tree of an HDF5 file came through damaged"};
        return size;
    }
    [[nodiscard]] std::span<const std::uint8_t> taken(std::uint64_t size) {
        if (size > rest_.size()) throw InputError{"the tree of an HDF5 file came through damaged"};
        const auto part = rest_.first(size);
        rest_ = rest_.subspan(size);
        return part;
    }
    std::span<const std::uint8_t> rest_;
};

std::uint64_t size_of(const std::filesystem::path& path) {
    std::error_code failure;
    const std::filesystem::file_type type = std::filesystem::status(path, failure).type();
    if (type == std::filesystem::file_type::not_found)
        throw InputError{fmt::format("{}: there is no such file", path.string())};
    if (type == std::filesystem::file_type::directory)
        throw InputError{fmt::format("{}: is a folder, not a file", path.string())};
    const std::uint64_t bytes = std::filesystem::file_size(path, failure);
    if (failure) throw InputError{fmt::format("{}: cannot be read ({})", path.string(), failure.message())};
    return bytes;
}

}  // namespace

const Hdf5Node* Hdf5Node::find(std::string_view name, Hdf5Kind wanted) const {
    const auto found = children.find(name);
    return found != children.end() && found->second.kind == wanted ? &found->second : nullptr;
}

Hdf5Node read_hdf5(const std::filesystem::path& file) {
    // A good file of gzipped constants unpacks a thousandfold at some 100 MB a second.
    GuardLimits limits;
    limits.cpu_seconds += static_cast<double>(size_of(file)) * 1e-5;
    limits.extra_bytes += size_of(file) * 64;
    return read_hdf5(file, limits);
}

Hdf5Node read_hdf5(const std::filesystem::path& file, const GuardLimits& limits) {
    (void)size_of(file);
    const auto pack = [&file] {
        Packer packer;
        packer.put(walk_hdf5(file));
        return packer.take();
    };
    const std::vector<std::uint8_t> bytes = run_guarded(pack, limits, fmt::format("{}: the file is damaged", file.string()));
    Hdf5Node root;
    Unpacker{bytes}.get(root);
    return root;
}

}  // namespace spikefab
