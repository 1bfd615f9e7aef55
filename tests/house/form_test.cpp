// SPDX-License-Identifier: Apache-2.0
// What every file looks like: licence and purpose on top, include guards, nothing left undone, no path of somebody's computer.
#include "house/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

namespace spikefab::house {
namespace {

constexpr std::string_view licence = "SPDX-License-Identifier: Apache-2.0";

/// Texts of the tree, whatever their kind; folders that do not exist (yet) have none.
std::vector<SourceFile> texts() {
    std::vector<SourceFile> all;
    for (const std::string folder : {"src", "models", "tests", "scripts", "configs", "docs", ".ci"}) {
        if (!is_in_tree(folder)) continue;
        for (SourceFile& file : files_under(folder, {".hpp", ".cpp", ".txt", ".cmake", ".md", ".yaml", ".py", ".sh", "run",
                                                     "test", "quickstart", "bench", "train"})) {
            if (file.path.find("__pycache__") == std::string::npos) all.push_back(std::move(file));
        }
    }
    for (const std::string name : {"README.md", "CMakeLists.txt", "CMakePresets.json"}) all.push_back(read_file(name));
    return all;
}

/// The comment lines that follow the licence, as one text.
std::string purpose(const SourceFile& file) {
    std::string text;
    for (std::size_t at = 1; at < file.lines.size() && file.lines[at].starts_with("// "); ++at) {
        text += file.lines[at].substr(2);
    }
    return text;
}

void expect_no_line(const std::vector<SourceFile>& files, const std::regex& pattern, std::string_view why) {
    for (const SourceFile& file : files) {
        for (std::size_t at = 0; at < file.lines.size(); ++at) {
            EXPECT_FALSE(std::regex_search(file.lines[at], pattern))
                << file.path << ':' << at + 1 << ": " << file.lines[at] << "\n"
                << why;
        }
    }
}

TEST(Files, open_with_the_licence_line) {
    for (const SourceFile& file : all_cpp_files()) {
        ASSERT_FALSE(file.lines.empty()) << file.path;
        EXPECT_EQ(file.lines.front(), "// " + std::string{licence}) << file.path;
    }
}

TEST(Files, say_what_they_are_for_in_a_sentence) {
    for (const SourceFile& file : all_cpp_files()) {
        const std::string text = purpose(file);
        EXPECT_GE(std::ranges::count(text, ' '), 3) << file.path << " says:" << text;
        EXPECT_NE(text.find_last_of(".?"), std::string::npos) << file.path << " says:" << text;
    }
}

TEST(Headers, are_read_once) {
    for (const SourceFile& file : all_cpp_files()) {
        if (!file.path.ends_with(".hpp")) continue;
        EXPECT_EQ(std::ranges::count(file.lines, "#pragma once"), 1) << file.path;
    }
}

TEST(Sources, include_their_own_header_first) {
    for (const SourceFile& file : product_files()) {
        if (!file.path.ends_with(".cpp")) continue;
        const std::string header = std::filesystem::path{file.path}.replace_extension(".hpp").string();
        if (!is_in_tree(header)) continue;
        ASSERT_FALSE(file.includes.empty()) << file.path;
        EXPECT_TRUE(header.ends_with(file.includes.front().path)) << file.path << " includes " << file.includes.front().path;
    }
}

TEST(Files, leave_nothing_to_do) {
    const std::string words =
        "TO"
        "DO|FIX"
        "ME|XX"
        "X:";  // split, or this line would break its own rule
    expect_no_line(texts(), std::regex{"\\b(" + words + ")\\b"}, "finish it, or write an issue and leave no mark");
}

TEST(Files, name_no_folder_of_somebodys_computer) {
    const std::regex absolute{R"((^|[\s"'`(=:])/(home|root|Users|work)/)"};
    expect_no_line(texts(), absolute, "a path that exists on one machine only");
}

TEST(Pages, link_to_files_that_exist) {
    const std::regex link{R"(\]\(([^)#:]+)(#[^)]*)?\))"};
    for (const SourceFile& file : texts()) {
        if (!file.path.ends_with(".md")) continue;
        const std::filesystem::path folder = std::filesystem::path{file.path}.parent_path();
        for (const std::string& line : file.lines) {
            for (auto found = std::sregex_iterator{line.begin(), line.end(), link}; found != std::sregex_iterator{}; ++found) {
                const std::string target = (folder / (*found)[1].str()).lexically_normal().string();
                EXPECT_TRUE(is_in_tree(target)) << file.path << " links to " << target;
            }
        }
    }
}

}  // namespace
}  // namespace spikefab::house
