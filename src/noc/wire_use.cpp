// SPDX-License-Identifier: Apache-2.0
// Lengths of links from pitches.
#include "noc/wire_use.hpp"

#include "noc/fabric.hpp"

namespace spikefab::noc {

WireUse::WireUse(const Options& options, const Topology& topology) : flit_bits_{static_cast<double>(options.flit_bits)} {
    if (!options.tile_pitch) return;
    counts_ = true;
    const double across = options.tile_pitch->x.value();
    const double up = options.tile_pitch->y.value_or(options.tile_pitch->x).value();
    const Fabric fabric{topology};
    std::vector<double> lengths(fabric.downstream.size(), 0.0);
    bool alike = true;
    for (const Channel& channel : topology.channels()) {
        const std::size_t link = fabric.index(channel.from.value(), channel.from_port);
        const HopKind kind = fabric.downstream[link].hop;
        lengths[link] = static_cast<double>(channel.length) * (kind == HopKind::north_south ? up : across);
        double& known = per_kind_[index_of(kind)];
        alike = alike && (known == 0.0 || known == lengths[link]);
        known = lengths[link];
    }
    if (!alike) per_link_ = std::move(lengths);
}

double WireUse::bit_micrometres(const Counters& counters, std::span<const std::uint64_t> link_flits) const {
    double micrometres = 0.0;
    if (needs_links()) {
        for (std::size_t link = 0; link < link_flits.size(); ++link)
            micrometres += static_cast<double>(link_flits[link]) * per_link_[link];
    } else {
        for (std::size_t kind = 0; kind < hop_kinds; ++kind)
            micrometres += static_cast<double>(counters.hops[kind]) * per_kind_[kind];
    }
    return flit_bits_ * micrometres;
}

}  // namespace spikefab::noc
