// SPDX-License-Identifier: Apache-2.0
// Transpose about the other diagonal: (x, y) -> (k-1-y, k-1-x), Noxim's "transpose1" (Catania et al., ASAP 2015).
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class AntiTranspose final {
public:
    static constexpr std::string_view name = "anti_transpose";
    static constexpr std::string_view summary = "mirrored at the other diagonal: (k-1-y, k-1-x) (Noxim: transpose1)";
    using Params = NoParams;

    AntiTranspose(const TrafficSite& site, const Params&) : side_{site.width} {
        require_grid(site, name);
        if (site.width != site.height)
            throw InputError{fmt::format("traffic 'anti_transpose' needs a square grid, not {} x {}", site.width, site.height)};
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const {
        return (side_ - 1 - source % side_) * side_ + (side_ - 1 - source / side_);
    }

private:
    std::uint32_t side_;
};

[[maybe_unused]] const bool registered = register_traffic<AntiTranspose>();

}  // namespace
}  // namespace spikefab
