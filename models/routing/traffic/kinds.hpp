// SPDX-License-Identifier: Apache-2.0
// The kinds that synthetic patterns come in: permutations of address bits, permutations of coordinates, draws.
//
// Definitions follow Dally and Towles, "Principles and Practices of Interconnection Networks" (2004), section 3.2 and table
// 3.1, in the form in which BookSim2 runs them (Jiang et al., "A detailed and flexible cycle-accurate network-on-chip
// simulator", ISPASS 2013).
#pragma once

#include "models/routing/routing.hpp"
#include "models/routing/traffic.hpp"

#include <string_view>

namespace spikefab {

/// Bits of a core number; InputError unless the number of cores is a power of two.
[[nodiscard]] unsigned address_bits(const TrafficSite& site, std::string_view pattern);

/// InputError unless every core has a place on a grid.
void require_grid(const TrafficSite& site, std::string_view pattern);

/// `value` when it is a probability; else InputError naming `what`, with advice.
[[nodiscard]] double require_probability(double value, std::string_view what, std::string_view advice);

/// How many trials fail before the first that succeeds, each with `probability`; never_injects for none or very many.
[[nodiscard]] std::uint64_t failures_before_success(double probability, Rng& random);

/// `Rule::destination(source, bits)`, core numbers being numbers of `bits` bits.
template <class Rule>
class BitPermutation final {
public:
    static constexpr std::string_view name = Rule::name;
    static constexpr std::string_view summary = Rule::summary;
    using Params = NoParams;

    BitPermutation(const TrafficSite& site, const Params&) : bits_{address_bits(site, name)} {}
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const { return Rule::destination(source, bits_); }

private:
    unsigned bits_;
};

/// `Rule::destination(x, size)` along x and along y.
template <class Rule>
class DigitPermutation final {
public:
    static constexpr std::string_view name = Rule::name;
    static constexpr std::string_view summary = Rule::summary;
    using Params = NoParams;

    DigitPermutation(const TrafficSite& site, const Params&) : width_{site.width}, height_{site.height} {
        require_grid(site, name);
    }
    [[nodiscard]] std::uint32_t destination(std::uint32_t source, Rng&) const {
        return Rule::destination(source / width_, height_) * width_ + Rule::destination(source % width_, width_);
    }

private:
    std::uint32_t width_;
    std::uint32_t height_;
};

}  // namespace spikefab
