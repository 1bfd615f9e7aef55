// SPDX-License-Identifier: Apache-2.0
// Uniform random traffic. Every core is equally likely, the sender itself included, as in BookSim2.
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Uniform final {
public:
    static constexpr std::string_view name = "uniform";
    static constexpr std::string_view summary = "every core equally likely, the sender included (BookSim)";
    using Params = NoParams;

    Uniform(const TrafficSite& site, const Params&) : nodes_{site.nodes} {}
    [[nodiscard]] std::uint32_t destination(std::uint32_t, Rng& random) const { return random.below(nodes_); }

private:
    std::uint32_t nodes_;
};

[[maybe_unused]] const bool registered = register_traffic<Uniform>();

}  // namespace
}  // namespace spikefab
