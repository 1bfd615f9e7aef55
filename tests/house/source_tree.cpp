// SPDX-License-Identifier: Apache-2.0
// Reads the tree from the disk.
#include "house/source_tree.hpp"
#include "places.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace spikefab::house {
namespace {

const std::filesystem::path root = source_folder();

std::optional<Include> include_on(std::string_view line) {
    constexpr std::string_view directive = "#include ";
    if (!line.starts_with(directive) || line.size() < directive.size() + 2) return std::nullopt;
    line.remove_prefix(directive.size());
    const bool quoted = line.front() == '"';
    const std::size_t end = line.find(quoted ? '"' : '>', 1);
    if (end == std::string_view::npos) return std::nullopt;
    return Include{.path = std::string{line.substr(1, end - 1)}, .quoted = quoted};
}

void append(std::vector<SourceFile>& files, const std::vector<SourceFile>& more) {
    files.insert(files.end(), more.begin(), more.end());
}

}  // namespace

SourceFile read_file(const std::string& path) {
    std::ifstream stream{root / path};
    if (!stream) throw std::runtime_error{"cannot read " + path};
    SourceFile file{.path = path, .lines = {}, .includes = {}};
    for (std::string line; std::getline(stream, line);) {
        if (const auto include = include_on(line)) file.includes.push_back(*include);
        file.lines.push_back(std::move(line));
    }
    return file;
}

std::vector<SourceFile> files_under(std::string_view folder, const std::vector<std::string>& endings) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder}) {
        const std::string path = std::filesystem::relative(entry.path(), root).string();
        const auto ends_so = [&](const std::string& ending) { return path.ends_with(ending); };
        if (entry.is_regular_file() && std::ranges::any_of(endings, ends_so)) paths.push_back(path);
    }
    std::ranges::sort(paths);
    std::vector<SourceFile> files;
    std::ranges::transform(paths, std::back_inserter(files), read_file);
    return files;
}

std::vector<SourceFile> product_files() {
    std::vector<SourceFile> files = files_under("src", {".hpp", ".cpp"});
    append(files, files_under("models", {".hpp", ".cpp"}));
    return files;
}

std::vector<SourceFile> all_cpp_files() {
    std::vector<SourceFile> files = product_files();
    append(files, files_under("tests", {".hpp", ".cpp"}));
    return files;
}

std::string room_of(std::string_view path) {
    if (path.starts_with("src/")) path.remove_prefix(4);
    const std::size_t slash = path.find('/');
    return std::string{slash == std::string_view::npos ? path.substr(0, path.find('.')) : path.substr(0, slash)};
}

bool is_in_tree(const std::string& path) {
    return std::filesystem::exists(root / path);
}

}  // namespace spikefab::house
