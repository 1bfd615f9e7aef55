// SPDX-License-Identifier: Apache-2.0
// Butterfly: the highest and the lowest bit change places (Noxim: Catania et al., ASAP 2015).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct Butterfly {
    static constexpr std::string_view name = "butterfly";
    static constexpr std::string_view summary = "the highest and the lowest bit of the core number swapped (Noxim)";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t source, unsigned bits) {
        if (bits == 0) return source;
        const std::uint32_t high = 1U << (bits - 1);
        const bool differ = ((source & high) != 0) != ((source & 1U) != 0);
        return differ ? source ^ (high | 1U) : source;
    }
};

[[maybe_unused]] const bool registered = register_traffic<BitPermutation<Butterfly>>();

}  // namespace
}  // namespace spikefab
