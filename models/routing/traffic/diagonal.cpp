// SPDX-License-Identifier: Apache-2.0
// Two packets of three stay at their core, the third goes to the core with the next number: BookSim2's "diagonal".
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Diagonal final {
public:
    static constexpr std::string_view name = "diagonal";
    static constexpr std::string_view summary = "two thirds to the sender itself, one third to the next core (BookSim)";
    using Params = NoParams;

    Diagonal(const TrafficSite& site, const Params&) : nodes_{site.nodes} {}
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng& random) const {
        return random.below(3) == 0 ? (source + 1) % nodes_ : source;
    }

private:
    std::uint32_t nodes_;
};

[[maybe_unused]] const bool registered = register_traffic<Diagonal>();

}  // namespace
}  // namespace spikefab
