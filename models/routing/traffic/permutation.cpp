// SPDX-License-Identifier: Apache-2.0
// One random permutation, fixed for the run: BookSim2's "randperm".
#include "models/routing/traffic/kinds.hpp"

#include <utility>
#include <vector>

namespace spikefab {
namespace {

class Permutation final {
public:
    static constexpr std::string_view name = "permutation";
    static constexpr std::string_view summary =
        "every core sends to one other for the whole run, drawn once (BookSim: randperm)";

    struct Params {
        std::uint64_t permutation_seed = 1;
        static constexpr auto fields =
            std::tuple{field("permutation_seed", &Params::permutation_seed, {0, 9e15}, "which permutation")};
    };

    Permutation(const TrafficSite& site, const Params& params) : target_(site.nodes, no_core) {
        const std::vector<std::uint32_t> cores = site.working(name, 1);
        std::vector<std::uint32_t> drawn = cores;
        Rng random{params.permutation_seed, "traffic.permutation"};
        // Fisher and Yates' shuffle, as given by Durstenfeld (CACM 7(7), 1964, algorithm 235).
        for (auto left = static_cast<std::uint32_t>(drawn.size()); left > 1; --left)
            std::swap(drawn[left - 1], drawn[random.below(left)]);
        for (std::size_t place = 0; place < cores.size(); ++place) target_[cores[place]] = drawn[place];
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const { return target_[source]; }

private:
    std::vector<std::uint32_t> target_;
};

[[maybe_unused]] const bool registered = register_traffic<Permutation>();

}  // namespace
}  // namespace spikefab
