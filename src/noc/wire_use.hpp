// SPDX-License-Identifier: Apache-2.0
// Bits times micrometres: what a price per bit and length of wire is multiplied with.
#pragma once

#include "models/routing/topology.hpp"
#include "noc/options.hpp"
#include "noc/statistics.hpp"

#include <array>
#include <span>
#include <vector>

namespace spikefab::noc {

/// The length of every link of a NoC whose tiles have a pitch. Links of one kind that are equally long (every grid's) are
/// counted by kind of hop; where they differ (graphs) flits are needed link by link.
class WireUse final {
public:
    WireUse(const Options& options, const Topology& topology);

    /// False when the description gives no pitch: nothing is counted.
    [[nodiscard]] bool counts() const { return counts_; }
    [[nodiscard]] bool needs_links() const { return !per_link_.empty(); }
    /// Bits times micrometres of everything in `counters`; `link_flits` is read when `needs_links()`.
    [[nodiscard]] double bit_micrometres(const Counters& counters, std::span<const std::uint64_t> link_flits) const;

private:
    bool counts_ = false;
    double flit_bits_;
    std::array<double, hop_kinds> per_kind_{};  ///< micrometres
    std::vector<double> per_link_;              ///< [router * ports + port] micrometres; empty when kinds suffice
};

}  // namespace spikefab::noc
