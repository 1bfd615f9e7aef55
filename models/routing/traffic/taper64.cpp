// SPDX-License-Identifier: Apache-2.0
// 64 cores that favour their neighbourhood: BookSim2's "taper64".
#include "models/routing/traffic/kinds.hpp"

#include <fmt/format.h>

#include <vector>

namespace spikefab {
namespace {

class Taper64 final {
public:
    static constexpr std::string_view name = "taper64";
    static constexpr std::string_view summary =
        "half within a step of the sender on an 8 x 8 grid, in x, y or both, half uniform; 64 cores (BookSim)";
    using Params = NoParams;

    Taper64(const TrafficSite& site, const Params&) : cores_{site.working(name, 1)} {
        if (site.nodes != 64) throw InputError{fmt::format("traffic 'taper64' needs 64 cores, not {}", site.nodes)};
    }
    /// Numbers wrap, as in BookSim2: what lies east of a row is the start of the next.
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng& random) const {
        if (random.below(2) == 0) return cores_[random.below(static_cast<std::uint32_t>(cores_.size()))];
        const std::uint32_t rows = 8 * random.below(3);
        return (source + 64 - 8 - 1 + rows + random.below(3)) % 64;
    }

private:
    std::vector<std::uint32_t> cores_;  ///< that work
};

[[maybe_unused]] const bool registered = register_traffic<Taper64>();

}  // namespace
}  // namespace spikefab
