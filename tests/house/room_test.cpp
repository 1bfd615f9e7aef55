// SPDX-License-Identifier: Apache-2.0
// Who may include whom: the order of the rooms, SystemC in one of them, no cycles.
#include "house/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace spikefab::house {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

struct Room {
    std::string name;
    std::set<std::string> may_use;  // rooms further up in the table
};

/// The order of the house. A new arrow from a room to one above it is a decision: enter it here with the code that needs it.
const std::vector<Room> rooms{
    {"base", {}},
    {"models", {"base"}},
    {"config", {"base"}},
    {"device", {"base", "models"}},
    {"network", {"base", "models"}},
    {"noc", {"base", "models"}},
    {"observe", {"base", "models"}},
    {"cost", {"base", "models", "observe"}},
    {"plan", {"base", "models", "network", "noc", "cost"}},
    {"core", {"base", "models", "observe", "plan"}},
    {"chip", {"base", "models", "noc", "observe", "plan", "core"}},
    {"report", {"base", "models", "observe", "cost"}},
    {"verify", {"base", "models", "config", "network", "noc", "observe", "plan", "core", "chip"}},
    {"sweep", {"base", "observe"}},
    {"run", {"base", "models", "config", "network", "noc", "observe", "cost", "plan", "core", "chip", "report", "verify"}},
    {"cli",
     {"base", "models", "config", "device", "network", "noc", "observe", "cost", "plan", "report", "sweep", "verify", "run"}},
    {"main", {"base", "cli"}},
};

const Room* find_room(const std::string& name) {
    const auto found = std::ranges::find(rooms, name, &Room::name);
    return found == rooms.end() ? nullptr : &*found;
}

bool may_use(const std::string& user, const std::string& used) {
    if (user == used) return true;
    const Room* room = find_room(user);
    return room != nullptr && room->may_use.contains(used);
}

std::string in_tree(const std::string& include) {
    return include.starts_with("models/") ? include : "src/" + include;
}

/// Files of the product by their path, to follow includes.
std::map<std::string, SourceFile> by_path() {
    std::map<std::string, SourceFile> files;
    for (SourceFile& file : product_files()) files.emplace(file.path, std::move(file));
    return files;
}

/// Every file that `path` sees, itself included, through any number of includes.
std::set<std::string> seen_from(const std::string& path, const std::map<std::string, SourceFile>& files) {
    std::set<std::string> seen{path};
    std::vector<std::string> open{path};
    while (!open.empty()) {
        const std::string file = open.back();
        open.pop_back();
        for (const Include& include : files.at(file).includes) {
            const std::string next = in_tree(include.path);
            if (include.quoted && files.contains(next) && seen.insert(next).second) open.push_back(next);
        }
    }
    return seen;
}

bool includes_systemc(const SourceFile& file) {
    return std::ranges::any_of(file.includes, [](const Include& include) { return include.path.starts_with("systemc"); });
}

TEST(Rooms, stand_below_the_rooms_they_use) {
    std::set<std::string> above;
    for (const Room& room : rooms) {
        for (const std::string& used : room.may_use) EXPECT_THAT(above, Contains(used)) << "used by " << room.name;
        above.insert(room.name);
    }
}

TEST(Rooms, are_all_in_the_table) {
    for (const SourceFile& file : product_files()) EXPECT_NE(find_room(room_of(file.path)), nullptr) << file.path;
}

TEST(Rooms, include_only_what_the_table_allows) {
    for (const SourceFile& file : product_files()) {
        for (const Include& include : file.includes) {
            if (!include.quoted) continue;
            EXPECT_TRUE(may_use(room_of(file.path), room_of(include.path))) << file.path << " includes " << include.path;
        }
    }
}

TEST(Rooms, are_linked_only_as_the_table_allows) {
    const std::regex declaration{R"(^spikefab_room\((\w+) .*LINKS (.*)\))"};
    const std::regex library{R"(spikefab_(\w+))"};
    std::size_t declared = 0;
    for (const std::string& line : read_file("src/CMakeLists.txt").lines) {
        std::smatch match;
        if (!std::regex_search(line, match, declaration)) continue;
        ++declared;
        const std::string links = match[2];
        for (auto link = std::sregex_iterator{links.begin(), links.end(), library}; link != std::sregex_iterator{}; ++link) {
            const std::string used = (*link)[1];
            EXPECT_TRUE(find_room(used) == nullptr || may_use(match[1], used)) << line;
            EXPECT_TRUE(used != "systemc" || match[1] == "chip") << line;
        }
    }
    EXPECT_GE(declared, 10U) << "src/CMakeLists.txt no longer declares rooms the way this test reads them";
}

TEST(Includes, in_quotes_name_files_of_the_tree) {
    for (const auto& [path, file] : by_path()) {
        for (const Include& include : file.includes) {
            EXPECT_TRUE(!include.quoted || is_in_tree(in_tree(include.path))) << path << " includes " << include.path;
        }
    }
}

TEST(Includes, form_no_cycle) {
    const auto files = by_path();
    for (const auto& [path, file] : files) {
        for (const Include& include : file.includes) {
            const std::string next = in_tree(include.path);
            if (!include.quoted || !files.contains(next)) continue;
            EXPECT_FALSE(seen_from(next, files).contains(path)) << path << " includes " << next << ", which includes it";
        }
    }
}

TEST(SystemC, is_included_by_the_chip_only) {
    std::size_t users = 0;
    for (const SourceFile& file : product_files()) {
        if (!includes_systemc(file)) continue;
        ++users;
        EXPECT_EQ(room_of(file.path), "chip") << file.path;
    }
    EXPECT_GT(users, 0U) << "this test no longer recognises SystemC";
}

TEST(SystemC, is_seen_by_no_other_room_through_any_chain_of_includes) {
    const auto files = by_path();
    std::vector<std::string> seeing;
    for (const auto& [path, file] : files) {
        if (room_of(path) == "chip") continue;
        for (const std::string& seen : seen_from(path, files)) {
            if (includes_systemc(files.at(seen))) seeing.push_back(path + " through " + seen);
        }
    }
    EXPECT_THAT(seeing, IsEmpty());
}

TEST(SystemC, is_far_from_most_of_the_code) {
    std::size_t all = 0;
    std::size_t with_systemc = 0;
    for (const SourceFile& file : product_files()) {
        all += file.lines.size();
        if (room_of(file.path) == "chip") with_systemc += file.lines.size();
    }
    EXPECT_LT(with_systemc * 5, all) << with_systemc << " of " << all << " lines are in src/chip";
}

}  // namespace
}  // namespace spikefab::house
