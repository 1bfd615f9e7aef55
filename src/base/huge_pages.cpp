// SPDX-License-Identifier: Apache-2.0
// Reserving heap addresses in one piece and advising on them: glibc has a tunable that does as much
// (glibc.malloc.hugetlb=1), but reads it from the environment before main() only.
#include "base/huge_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace spikefab {
namespace {

constexpr int mebibyte = 1 << 20;
constexpr int reserve = 1024 * mebibyte;        ///< of addresses; memory is taken as it is used
constexpr int largest_in_heap = 32 * mebibyte;  ///< the most that mallopt(3) takes; larger blocks have mappings of their own

}  // namespace

void prefer_huge_pages() {
    mallopt(M_MMAP_THRESHOLD, largest_in_heap);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());  // freeing must not give the reserve back
    mallopt(M_TOP_PAD, reserve);
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    auto* begin = static_cast<std::byte*>(sbrk(0));
    begin += (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
    void* volatile grows_the_heap = std::malloc(mebibyte);  // volatile: a compiler may leave out what is freed at once
    auto* const end = static_cast<std::byte*>(sbrk(0));
    mallopt(M_TOP_PAD, 2 * mebibyte);
    if (end > begin) static_cast<void>(madvise(begin, static_cast<std::size_t>(end - begin), MADV_HUGEPAGE));
    std::free(grows_the_heap);
}

}  // namespace spikefab
