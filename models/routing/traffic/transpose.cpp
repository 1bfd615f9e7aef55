// SPDX-License-Identifier: Apache-2.0
// Transpose: d_i = s_(i + b/2 mod b), the halves of the core number swapped (Dally and Towles 2004, table 3.1), which on a
// square grid is (x, y) -> (y, x); square grids of any size will do.
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Transpose final {
public:
    static constexpr std::string_view name = "transpose";
    static constexpr std::string_view summary = "x and y swapped; without a square grid, the halves of the core number's bits";
    using Params = NoParams;

    Transpose(const TrafficSite& site, const Params&) {
        if (site.width != 0 && site.width == site.height) {
            side_ = site.width;
            return;
        }
        const unsigned bits = address_bits(site, name);
        if (bits % 2 != 0)
            throw InputError{
                fmt::format("traffic 'transpose' needs a square grid, or 4, 16, 64, ... cores; there are {}", site.nodes)};
        side_ = 1U << (bits / 2);
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const {
        return source % side_ * side_ + source / side_;
    }

private:
    std::uint32_t side_ = 0;
};

[[maybe_unused]] const bool registered = register_traffic<Transpose>();

}  // namespace
}  // namespace spikefab
