// SPDX-License-Identifier: Apache-2.0
// On-off injection: a two-state Markov chain, silent when off, Bernoulli when on (Dally and Towles 2004, section 24.2.2), with
// BookSim2's parameters. A source starts off; in every cycle the state advances first, then a packet is drawn.
#include "models/routing/traffic/kinds.hpp"

#include <optional>

namespace spikefab {
namespace {

class OnOff final {
public:
    static constexpr std::string_view name = "on_off";
    static constexpr std::string_view summary = "bursts by a two-state Markov chain: off, or on with a higher rate (BookSim)";

    struct Params {
        std::optional<double> alpha;
        std::optional<double> beta;
        std::optional<double> on_rate;
        static constexpr auto fields = std::tuple{
            field("alpha", &Params::alpha, {0.0, 1.0}, "chance per cycle to go from off to on (BookSim: burst_alpha)"),
            field("beta", &Params::beta, {0.0, 1.0}, "chance per cycle to go from on to off (BookSim: burst_beta)"),
            field("on_rate", &Params::on_rate, {0.0, 1.0},
                  "packets per cycle while on (BookSim: burst_r1); give two of the three, the third follows from the rate")};
    };

    OnOff(double rate, const Params& params) {
        const int given = (params.alpha ? 1 : 0) + (params.beta ? 1 : 0) + (params.on_rate ? 1 : 0);
        if (given != 2)
            throw InputError{fmt::format("injection 'on_off' needs two of alpha, beta and on_rate, but {} are given", given)};
        if (rate == 0.0) return;
        // The chain is on for alpha / (alpha + beta) of the time, so rate = on_rate * alpha / (alpha + beta).
        alpha_ = params.alpha ? *params.alpha : *params.beta * rate / (*params.on_rate - rate);
        beta_ = params.beta ? *params.beta : alpha_ * (*params.on_rate - rate) / rate;
        on_rate_ = params.on_rate ? *params.on_rate : rate * (alpha_ + beta_) / alpha_;
        constexpr std::string_view advice =
            "choose alpha, beta and on_rate so that on_rate * alpha / (alpha + beta) can be the rate";
        static_cast<void>(require_probability(alpha_, "alpha", advice));
        static_cast<void>(require_probability(beta_, "beta", advice));
        static_cast<void>(require_probability(on_rate_, "on_rate", advice));
    }

    [[nodiscard]] std::uint64_t next(Rng& random) {
        if (on_rate_ <= 0.0) return never_injects;
        while (true) {
            const std::uint64_t gap = first_ < on_until_ ? failures_before_success(on_rate_, random) : 0;
            if (first_ < on_until_ && gap < on_until_ - first_) {
                const std::uint64_t cycle = first_ + gap;
                first_ = cycle + 1;
                return cycle;
            }
            if (!begin_burst(random)) return never_injects;
        }
    }

private:
    /// Moves to the next time it goes on; false when it never does.
    bool begin_burst(Rng& random) {
        const std::uint64_t silent = failures_before_success(alpha_, random);
        if (silent == never_injects || on_until_ == never_injects) return false;
        first_ = off_from_ + silent;
        const std::uint64_t lasts = failures_before_success(beta_, random);
        on_until_ = lasts == never_injects ? never_injects : first_ + 1 + lasts;
        off_from_ = on_until_ + 1;  // in cycle on_until_ it goes off, in the one after it may go on again
        return true;
    }

    double alpha_ = 0.0;
    double beta_ = 0.0;
    double on_rate_ = 0.0;
    std::uint64_t first_ = 0;     ///< the first cycle that may have the next packet
    std::uint64_t on_until_ = 0;  ///< the first cycle after this burst
    std::uint64_t off_from_ = 0;  ///< the first cycle in which it may go on again
};

[[maybe_unused]] const bool registered = register_injection<OnOff>();

}  // namespace
}  // namespace spikefab
