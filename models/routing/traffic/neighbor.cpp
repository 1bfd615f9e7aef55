// SPDX-License-Identifier: Apache-2.0
// Neighbour: d_x = s_x + 1 mod k in each dimension (Dally and Towles 2004, table 3.1), so one hop along x and one along y.
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

struct Neighbor {
    static constexpr std::string_view name = "neighbor";
    static constexpr std::string_view summary = "one step along x and one along y, wrapping: (x + 1, y + 1) mod k (BookSim)";
    [[nodiscard]] static std::uint32_t destination(std::uint32_t place, std::uint32_t size) { return (place + 1) % size; }
};

[[maybe_unused]] const bool registered = register_traffic<DigitPermutation<Neighbor>>();

}  // namespace
}  // namespace spikefab
