// SPDX-License-Identifier: Apache-2.0
// Large pages, as the kernel's own list of mappings shows them.
#include "base/huge_pages.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace spikefab {
namespace {

/// The flags of the mapping that holds `address`: two letters each, "hg" when large pages are wanted (proc(5), VmFlags).
std::string flags_of_mapping(const void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps{"/proc/self/smaps"};
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        std::istringstream range{line};
        if (line.find('-') < 17 && range >> std::hex >> begin >> dash >> end) inside = begin <= wanted && wanted < end;
        if (inside && line.starts_with("VmFlags:")) return line;
    }
    return {};
}

TEST(HugePages, are_asked_for_where_arrays_lie_once_they_are_preferred) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer has an allocator of its own";
#endif
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) GTEST_SKIP() << "this system has no large pages";
    prefer_huge_pages();
    const std::vector<char> array(8 << 20, 1);
    EXPECT_NE(flags_of_mapping(array.data() + array.size() / 2).find(" hg"), std::string::npos);
}

}  // namespace
}  // namespace spikefab
