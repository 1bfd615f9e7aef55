// SPDX-License-Identifier: Apache-2.0
// Bit reversal: d_i = s_(b-i-1) (Dally and Towles 2004, table 3.1).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct BitReverse {
    static constexpr std::string_view name = "bit_reverse";
    static constexpr std::string_view summary = "the bits of the core number in reverse order (BookSim: bitrev)";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t source, unsigned bits) {
        std::uint32_t reversed = 0;
        for (unsigned bit = 0; bit < bits; ++bit) reversed |= (source >> bit & 1U) << (bits - bit - 1);
        return reversed;
    }
};

[[maybe_unused]] const bool registered = register_traffic<BitPermutation<BitReverse>>();

}  // namespace
}  // namespace spikefab
