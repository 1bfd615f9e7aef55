// SPDX-License-Identifier: Apache-2.0
// YAML text to trees (by yaml-cpp), includes and assignments.
#include "config/tree.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <unordered_set>

namespace spikefab::config {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 8U << 20U;
constexpr std::size_t most_values = 1'000'000;
constexpr int most_includes = 32;
constexpr std::size_t most_levels = 500;  ///< of lists and maps in each other, as in yaml-cpp
constexpr const char* too_deep = "lists and sections nest too deeply, or an alias stands within its own anchor";

/// Turns yaml-cpp's nodes into trees.
class Converter final {
public:
    explicit Converter(std::shared_ptr<const std::string> file) : file_{std::move(file)} {}

    Tree convert(const YAML::Node& node) {
        Tree tree;
        tree.origin = origin(node.Mark());
        if (++values_ > most_values) fail(tree.origin, fmt::format("more than {} values", most_values));
        if (levels_ == most_levels) fail(tree.origin, too_deep);
        ++levels_;
        if (node.IsScalar()) {
            tree.kind = Tree::Kind::scalar;
            tree.scalar = node.Scalar();
        } else if (node.IsSequence()) {
            tree.kind = Tree::Kind::list;
            for (const auto& item : node) tree.items.push_back(convert(item));
        } else if (node.IsMap()) {
            tree.kind = Tree::Kind::map;
            convert_entries(node, tree);
        }
        --levels_;
        return tree;
    }

    [[nodiscard]] Origin origin(const YAML::Mark& mark) const {
        return mark.is_null() ? Origin{file_, 0, 0} : Origin{file_, mark.line + 1, mark.column + 1};
    }
    [[noreturn]] static void fail(const Origin& where, const std::string& what) {
        throw InputError{Problem{where, "", what, "", ""}.text()};
    }

private:
    void convert_entries(const YAML::Node& node, Tree& tree) {
        std::unordered_set<std::string> seen;
        for (const auto& entry : node) {
            const Origin where = origin(entry.first.Mark());
            if (!entry.first.IsScalar()) fail(where, "a key must be a plain name");
            const std::string key = entry.first.Scalar();
            if (!seen.insert(key).second) fail(where, fmt::format("key '{}' is written twice; keep one", key));
            tree.entries.push_back({key, where, convert(entry.second)});
        }
    }

    std::shared_ptr<const std::string> file_;
    std::size_t values_ = 0;
    std::size_t levels_ = 0;
};

[[nodiscard]] bool names_yaml(const std::string& text) {
    return text.ends_with(".yaml") || text.ends_with(".yml");
}

[[nodiscard]] fs::path included(const std::string& name, const Tree& from) {
    const fs::path path{name};
    return path.is_absolute() ? path : from.folder() / path;
}

Tree load_included(const Tree& reference, const std::string& name) {
    try {
        return load(included(name, reference));
    } catch (const InputError& error) {
        throw InputError{fmt::format("{}\n  included from {}", error.what(), reference.origin.text())};
    }
}

/// Lays `top` over `base`: maps merge key by key, anything else replaces.
void overlay(Tree& base, const Tree& top) {
    expand(base);
    if (base.kind != Tree::Kind::map || top.kind != Tree::Kind::map) {
        base = top;
        return;
    }
    for (const Tree::Entry& entry : top.entries) {
        if (Tree::Entry* existing = base.find(entry.key)) {
            overlay(existing->value, entry.value);
            existing->origin = entry.origin;
        } else {
            base.entries.push_back(entry);
        }
    }
}

std::optional<std::size_t> list_index(std::string_view text, std::size_t size) {
    std::size_t index = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (failure != std::errc{} || end != text.data() + text.size() || index >= size) return std::nullopt;
    return index;
}

/// The child of `tree` called `step`, made when `tree` is a map (or nothing yet) that lacks it.
Tree& descend(Tree& tree, const std::string& step, const std::string& path, const Origin& origin) {
    expand(tree);
    if (tree.kind == Tree::Kind::list) {
        if (const auto index = list_index(step, tree.items.size())) return tree.items[*index];
        throw InputError{fmt::format("{}: {}: '{}' is not an index below {}", origin.text(), path, step, tree.items.size())};
    }
    if (tree.kind == Tree::Kind::null) tree.kind = Tree::Kind::map;
    if (tree.kind == Tree::Kind::scalar) {
        // `neuron: lif` is short for `neuron: {model: lif}`.
        Tree model = tree;
        tree = Tree{Tree::Kind::map, "", {}, {}, tree.origin};
        tree.entries.push_back({"model", model.origin, model});
    }
    if (Tree::Entry* entry = tree.find(step)) return entry->value;
    tree.entries.push_back({step, origin, Tree{}});
    return tree.entries.back().value;
}

}  // namespace

const Tree::Entry* Tree::find(std::string_view key) const {
    for (const Entry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

Tree::Entry* Tree::find(std::string_view key) {
    for (Entry& entry : entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

fs::path Tree::folder() const {
    if (!origin.file || origin.file->starts_with("--")) return fs::current_path();
    return fs::absolute(*origin.file).parent_path();
}

Tree parse(const std::string& text, const std::string& name) {
    auto file = std::make_shared<const std::string>(name);
    Converter converter{file};
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(text);
        if (documents.empty()) return Tree{Tree::Kind::null, "", {}, {}, Origin{file, 1, 1}};
        if (documents.size() > 1) Converter::fail(Origin{file, 1, 1}, "more than one YAML document; keep one a file");
        return converter.convert(documents.front());
    } catch (const YAML::DeepRecursion& error) {
        Converter::fail(converter.origin(error.mark), too_deep);
    } catch (const YAML::Exception& error) {
        Converter::fail(converter.origin(error.mark), fmt::format("not valid YAML: {}", error.msg));
    }
}

Tree load(const fs::path& file) {
    std::error_code failure;
    if (fs::is_directory(file, failure)) throw InputError{fmt::format("{}: is a folder; name a YAML file", file.string())};
    const std::uintmax_t bytes = fs::file_size(file, failure);
    if (failure) throw InputError{fmt::format("{}: cannot read this file ({})", file.string(), failure.message())};
    if (bytes > most_bytes)
        throw InputError{
            fmt::format("{}: {} MiB is too large for a configuration (limit {} MiB); networks and data belong in "
                        ".nir, .npy or .h5 files",
                        file.string(), bytes >> 20U, most_bytes >> 20U)};
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) throw InputError{fmt::format("{}: cannot read this file", file.string())};
    return parse(text.str(), file.string());
}

void expand(Tree& tree) {
    static thread_local int depth = 0;
    if (depth > most_includes) throw InputError{fmt::format("{}: files include each other in a circle", tree.origin.text())};
    ++depth;
    try {
        if (tree.kind == Tree::Kind::scalar && names_yaml(tree.scalar)) {
            tree = load_included(tree, tree.scalar);
            expand(tree);
        } else if (const Tree::Entry* from = tree.kind == Tree::Kind::map ? tree.find("from") : nullptr) {
            Tree base = load_included(from->value, from->value.scalar);
            expand(base);
            std::erase_if(tree.entries, [](const Tree::Entry& entry) { return entry.key == "from"; });
            overlay(base, tree);
            tree = std::move(base);
        }
    } catch (...) {
        --depth;
        throw;
    }
    --depth;
}

void assign(Tree& root, const std::string& assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0)
        throw InputError{fmt::format("--set {}: expected path=value, for example chip.tick=0.5ms", assignment)};
    assign(root, assignment.substr(0, equals), parse(assignment.substr(equals + 1), "--set " + assignment));
}

void assign(Tree& root, const std::string& path, Tree value) {
    std::stringstream steps{path};
    Tree* section = nullptr;
    Tree* place = &root;
    std::string last;
    for (std::string step; std::getline(steps, step, '.'); last = step) {
        section = place;
        place = &descend(*place, step, path, value.origin);
    }
    if (section != nullptr)
        if (Tree::Entry* const entry = section->find(last)) entry->origin = value.origin;
    *place = std::move(value);
}

Origin origin_of(Tree root, const std::string& path) {
    Origin place = root.origin;
    std::stringstream steps{path};
    for (std::string step; std::getline(steps, step, '.');) {
        expand(root);
        const auto index = root.kind == Tree::Kind::list ? list_index(step, root.items.size()) : std::nullopt;
        const Tree::Entry* const entry = root.find(step);
        if (!index && entry == nullptr) break;
        Tree next = index ? root.items[*index] : entry->value;
        place = index ? next.origin : entry->origin;
        root = std::move(next);
    }
    return place;
}

}  // namespace spikefab::config
