// SPDX-License-Identifier: Apache-2.0
// Each core sends to one core of either half, equally often: BookSim2's "asymmetric".
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Asymmetric final {
public:
    static constexpr std::string_view name = "asymmetric";
    static constexpr std::string_view summary =
        "to core s mod n/2 or to the one n/2 further, equally often: the core itself and its like in the other half (BookSim)";
    using Params = NoParams;

    Asymmetric(const TrafficSite& site, const Params&) : half_{site.nodes / 2} {
        if (half_ == 0) throw InputError{"traffic 'asymmetric' needs at least 2 cores, one for each half"};
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng& random) const {
        return source % half_ + random.below(2) * half_;
    }

private:
    std::uint32_t half_;
};

[[maybe_unused]] const bool registered = register_traffic<Asymmetric>();

}  // namespace
}  // namespace spikefab
