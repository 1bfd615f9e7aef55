// SPDX-License-Identifier: Apache-2.0
// What traffic patterns and injection processes share.
#include "models/routing/traffic.hpp"

#include "models/routing/traffic/kinds.hpp"

#include <bit>
#include <cmath>

namespace spikefab {

TrafficSite traffic_site(const Topology& topology) {
    TrafficSite site{.nodes = static_cast<std::uint32_t>(topology.cores())};
    if (topology.grid().exists() && topology.cores() == topology.routers()) {
        site.width = topology.grid().width;
        site.height = topology.grid().height;
    }
    if (topology.faulty())
        for (std::uint32_t core = 0; core < site.nodes; ++core) site.dead.push_back(topology.dead(EndpointId{core}));
    return site;
}

std::vector<std::uint32_t> TrafficSite::working(std::string_view pattern, std::size_t least) const {
    std::vector<std::uint32_t> cores;
    for (std::uint32_t core = 0; core < nodes; ++core)
        if (!is_dead(core)) cores.push_back(core);
    if (cores.size() >= least) return cores;
    throw InputError{fmt::format("traffic '{}' needs at least {} core{} whose router works; there {} {}", pattern, least,
                                 least == 1 ? "" : "s", cores.size() == 1 ? "is" : "are", cores.size())};
}

unsigned address_bits(const TrafficSite& site, std::string_view pattern) {
    if (std::has_single_bit(site.nodes)) return static_cast<unsigned>(std::countr_zero(site.nodes));
    throw InputError{
        fmt::format("traffic '{}' permutes the bits of core numbers, so the number of cores must be a power of two; "
                    "it is {}",
                    pattern, site.nodes)};
}

void require_grid(const TrafficSite& site, std::string_view pattern) {
    if (site.width != 0) return;
    throw InputError{
        fmt::format("traffic '{}' needs a grid (mesh, torus, ring) with one core per router; use uniform or hotspot", pattern)};
}

double require_probability(double value, std::string_view what, std::string_view advice) {
    if (value >= 0.0 && value <= 1.0) return value;
    throw InputError{fmt::format("{} would be {}, but it is a probability: {}", what, value, advice)};
}

std::uint64_t failures_before_success(double probability, Rng& random) {
    if (probability <= 0.0) return never_injects;
    const double failures = std::floor(std::log1p(-random.uniform()) / std::log1p(-probability));
    return failures < 0x1p62 ? static_cast<std::uint64_t>(failures) : never_injects;
}

}  // namespace spikefab
