// SPDX-License-Identifier: Apache-2.0
// Quantiles of a latency histogram.
#include "noc/statistics.hpp"

namespace spikefab::noc {

Tick Histogram::quantile(double share) const {
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts_) total += count;
    const double wanted = share * static_cast<double>(total);
    double seen = 0.0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        seen += static_cast<double>(counts_[bin]);
        if (counts_[bin] != 0 && seen >= wanted) return lower_edge(bin);
    }
    return 0;
}

}  // namespace spikefab::noc
