// SPDX-License-Identifier: Apache-2.0
// Uniform random traffic without the sender, as Noxim has it (Catania et al., "Noxim: an open, extensible and
// cycle-accurate network on chip simulator", ASAP 2015).
#include "models/routing/traffic/kinds.hpp"

#include <vector>

namespace spikefab {
namespace {

class UniformNoSelf final {
public:
    static constexpr std::string_view name = "uniform_no_self";
    static constexpr std::string_view summary = "every other core equally likely (Noxim)";
    using Params = NoParams;

    UniformNoSelf(const TrafficSite& site, const Params&) : cores_{site.working(name, 2)} {}
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng& random) const {
        const std::uint32_t drawn = random.below(static_cast<std::uint32_t>(cores_.size() - 1));
        return cores_[cores_[drawn] < source ? drawn : drawn + 1];
    }

private:
    std::vector<std::uint32_t> cores_;  ///< that work, in rising order
};

[[maybe_unused]] const bool registered = register_traffic<UniformNoSelf>();

}  // namespace
}  // namespace spikefab
