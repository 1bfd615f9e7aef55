// SPDX-License-Identifier: Apache-2.0
// Bernoulli injection: in every cycle a packet with probability `rate`, as BookSim2 does. The gaps between packets are drawn
// instead of the cycles, so that idle cycles cost nothing; they are geometric, which is the same process.
#include "models/routing/traffic/kinds.hpp"

namespace spikefab {
namespace {

class Bernoulli final {
public:
    static constexpr std::string_view name = "bernoulli";
    static constexpr std::string_view summary = "a packet in any cycle with the same probability";
    using Params = NoParams;

    Bernoulli(double rate, const Params&)
        : rate_{require_probability(rate, "the chance of a packet per cycle",
                                    "a core sends at most one packet per cycle; lower the rate")} {}

    [[nodiscard]] std::uint64_t next(Rng& random) {
        const std::uint64_t gap = failures_before_success(rate_, random);
        if (gap == never_injects) return never_injects;
        const std::uint64_t cycle = first_ + gap;
        first_ = cycle + 1;
        return cycle;
    }

private:
    double rate_;
    std::uint64_t first_ = 0;  ///< the first cycle that may have the next packet
};

[[maybe_unused]] const bool registered = register_injection<Bernoulli>();

}  // namespace
}  // namespace spikefab
