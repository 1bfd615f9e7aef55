// SPDX-License-Identifier: Apache-2.0
// One random permutation, fixed for the run: BookSim2's "randperm", the same for the same seed.
#include "models/routing/traffic/kinds.hpp"
#include "models/routing/traffic/lagged_random.hpp"

#include <vector>

namespace spikefab {
namespace {

class Permutation final {
public:
    static constexpr std::string_view name = "permutation";
    static constexpr std::string_view summary =
        "every core sends to one other for the whole run, drawn once, as BookSim draws it (randperm)";

    struct Params {
        std::uint64_t permutation_seed = 0;
        static constexpr auto fields =
            std::tuple{field("permutation_seed", &Params::permutation_seed, {0, LaggedRandom::largest_seed},
                             "which permutation (BookSim: perm_seed)")};
    };

    /// Cores get the numbers of their senders: the first sender draws one of all cores, the next of those left, and so on.
    Permutation(const TrafficSite& site, const Params& params) : target_(site.nodes, no_core) {
        const std::vector<std::uint32_t> cores = site.working(name, 1);
        std::vector<std::uint32_t> left = cores;
        LaggedRandom random{static_cast<std::uint32_t>(params.permutation_seed)};
        for (const std::uint32_t core : cores) {
            const auto drawn = left.begin() + static_cast<std::ptrdiff_t>(random.next() % left.size());
            target_[*drawn] = core;
            left.erase(drawn);
        }
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const { return target_[source]; }

private:
    std::vector<std::uint32_t> target_;
};

[[maybe_unused]] const bool registered = register_traffic<Permutation>();

}  // namespace
}  // namespace spikefab
