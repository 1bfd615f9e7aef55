// SPDX-License-Identifier: Apache-2.0
// Hotspot traffic: destinations drawn by weight. Cores that are not named have the background's weight, so that BookSim2's
// hotspot({{0,..,63},{1,..,8,..}}) is `background: 1, hot: [{core: 27, weight: 8}]`.
#include "models/routing/traffic/kinds.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace spikefab {
namespace {

struct HotCore {
    std::uint32_t core = 0;
    std::uint32_t weight = 1;
    static constexpr auto fields =
        std::tuple{field("core", &HotCore::core, "the core").required(),
                   field("weight", &HotCore::weight, {0, 1'000'000}, "how often it is drawn, against the others").required()};
};

class Hotspot final {
public:
    static constexpr std::string_view name = "hotspot";
    static constexpr std::string_view summary = "destinations drawn by weight: `hot` cores more often than the background";

    struct Params {
        std::uint32_t background = 1;
        std::vector<HotCore> hot{};
        static constexpr auto fields =
            std::tuple{field("background", &Params::background, {0, 1'000'000}, "weight of every core that hot does not name"),
                       field("hot", &Params::hot, "cores with a weight of their own").required()};
    };

    Hotspot(const TrafficSite& site, const Params& params) : below_(site.nodes) {
        std::vector<std::uint32_t> weight(site.nodes, 0);
        for (const std::uint32_t core : site.working(name, 1)) weight[core] = params.background;
        for (const auto& [core, own] : params.hot) {
            if (core >= site.nodes)
                throw InputError{
                    fmt::format("traffic 'hotspot' names core {}, but the cores are 0 to {}", core, site.nodes - 1)};
            if (site.is_dead(core))
                throw InputError{fmt::format("traffic 'hotspot' names core {}, whose router is dead", core)};
            weight[core] = own;
        }
        std::uint64_t sum = 0;
        for (std::uint32_t core = 0; core < site.nodes; ++core) below_[core] = sum += weight[core];
        if (sum == 0 || sum > 0xffffffffU)
            throw InputError{
                fmt::format("the weights of traffic 'hotspot' add up to {}: keep the sum between 1 and 2^32 - 1", sum)};
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t, Rng& random) const {
        const std::uint64_t drawn = random.below(static_cast<std::uint32_t>(below_.back()));
        return static_cast<std::uint32_t>(std::ranges::upper_bound(below_, drawn) - below_.begin());
    }

private:
    std::vector<std::uint64_t> below_;  ///< [core] weights of this core and those before it
};

[[maybe_unused]] const bool registered = register_traffic<Hotspot>();

}  // namespace
}  // namespace spikefab
