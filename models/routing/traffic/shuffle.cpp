// SPDX-License-Identifier: Apache-2.0
// Perfect shuffle: d_i = s_(i-1 mod b) (Dally and Towles 2004, table 3.1).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct Shuffle {
    static constexpr std::string_view name = "shuffle";
    static constexpr std::string_view summary = "the bits of the core number rotated left by one: perfect shuffle";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t source, unsigned bits) {
        if (bits == 0) return source;
        return (source << 1U & ((1U << bits) - 1U)) | source >> (bits - 1);
    }
};

[[maybe_unused]] const bool registered = register_traffic<BitPermutation<Shuffle>>();

}  // namespace
}  // namespace spikefab
