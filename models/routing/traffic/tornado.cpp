// SPDX-License-Identifier: Apache-2.0
// Tornado: d_x = s_x + (ceil(k/2) - 1) mod k in each dimension (Dally and Towles 2004, table 3.1).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct Tornado {
    static constexpr std::string_view name = "tornado";
    static constexpr std::string_view summary = "almost half way round along x and along y: x + ceil(k/2) - 1 mod k";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t place, std::uint32_t size) {
        return (place + (size + 1) / 2 - 1) % size;
    }
};

[[maybe_unused]] const bool registered = register_traffic<DigitPermutation<Tornado>>();

}  // namespace
}  // namespace spikefab
