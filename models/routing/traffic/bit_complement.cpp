// SPDX-License-Identifier: Apache-2.0
// Bit complement: d_i = not s_i (Dally and Towles 2004, table 3.1).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct BitComplement {
    static constexpr std::string_view name = "bit_complement";
    static constexpr std::string_view summary = "every bit of the core number inverted (BookSim: bitcomp)";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t source, unsigned bits) {
        return ~source & ((1U << bits) - 1U);
    }
};

[[maybe_unused]] const bool registered = register_traffic<BitPermutation<BitComplement>>();

}  // namespace
}  // namespace spikefab
