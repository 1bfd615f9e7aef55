// SPDX-License-Identifier: Apache-2.0
// Uniform random traffic. Every core is equally likely, the sender itself included, as in BookSim2.
#include "models/routing/traffic/kinds.hpp"

#include <vector>

namespace spikefab {
namespace {

class Uniform final {
public:
    static constexpr std::string_view name = "uniform";
    static constexpr std::string_view summary = "every core equally likely, the sender included (BookSim)";
    using Params = NoParams;

    Uniform(const TrafficSite& site, const Params&) : cores_{site.working(name, 1)} {}
    [[nodiscard]] std::uint32_t destination(std::uint32_t, Rng& random) const {
        return cores_[random.below(static_cast<std::uint32_t>(cores_.size()))];
    }

private:
    std::vector<std::uint32_t> cores_;  ///< that work
};

[[maybe_unused]] const bool registered = register_traffic<Uniform>();

}  // namespace
}  // namespace spikefab
