// SPDX-License-Identifier: Apache-2.0
// SpiNNaker's multicast: a packet carries a key; every router looks it up in a ternary table of 1024 entries and copies the
// packet to the outputs found; a packet that matches none goes straight on, so only sources, turns, branches and ends cost
// an entry (Wu and Furber, "A multicast routing scheme for a universal spiking neural network architecture", The Computer
// Journal 53(3), 2010; Furber, Galluppi, Temple, Plana, "The SpiNNaker project", Proc. IEEE 102(5), 2014).
//
// Tables are filled from the multicast groups along shortest-path trees and packed exactly (see ternary_table.hpp).
// SpiNNaker's emergency routing and its dropping of packets that wait too long are the engine's business.
#include "models/routing/multicast_forest.hpp"
#include "models/routing/next_hop_table.hpp"
#include "models/routing/ternary_table.hpp"

namespace spikefab {
namespace {

class MulticastTable final {
public:
    static constexpr std::string_view name = "multicast_table";
    static constexpr std::string_view summary = "ternary key tables in every router, default straight on (SpiNNaker)";
    static constexpr std::array<std::string_view, 1> families{"mesh"};
    static constexpr RoutingClaims claims{.uses_input = true, .multicast = true, .families = families};

    struct Params {
        std::uint32_t entries = 1024;
        static constexpr auto fields =
            std::tuple{field("entries", &Params::entries, {1, 1 << 20}, "entries of a router's table (SpiNNaker: 1024)")};
    };

    MulticastTable(const RoutingSite& site, const Params& params)
        : topology_{site.topology},
          forest_{site.topology, site.groups},
          branches_{site.topology, forest_},
          next_{(require_table_fits(site.topology, name), shortest_paths(site.topology))},
          vcs_{all_vcs(site.vcs)} {
        require_room(params.entries);
    }

    void route(const Position& at, const Header& header, Route& route) const {
        if (!header.destination.valid()) return multicast(at, header.tag, route);
        const Endpoint& target = topology_.endpoint(header.destination);
        if (at.router == target.router) return route.add(target.port, vcs_);
        if (const PortIndex port = next_(at.router.value(), target.router); port != NextHopTable::no_way) route.add(port, vcs_);
    }

private:
    /// The way straight on of a packet that came in by `in`; local and edge ports have none.
    [[nodiscard]] std::uint64_t straight_on(RouterId router, PortIndex in) const {
        if (!topology_.grid().exists() || !topology_.channel_in(router, in).valid()) return 0;
        constexpr std::array<PortIndex, grid_port::count> opposite{grid_port::west, grid_port::east, grid_port::south,
                                                                   grid_port::north};
        const PortIndex out = opposite[in];
        return topology_.channel_out(router, out).valid() ? std::uint64_t{1} << out : 0;
    }

    /// What the packed table and the default route come to: the tree where it passes, straight on elsewhere.
    void multicast(const Position& at, std::uint32_t tag, Route& route) const {
        const std::uint64_t ports = branches_.ports(at.router, tag);
        route.copies = ports != 0 ? ports : straight_on(at.router, at.in_port);
        route.copy_vcs = vcs_;
    }

    void require_room(std::uint32_t room) const {
        std::vector<std::vector<TernaryEntry>> exact(topology_.routers());
        for (const std::uint32_t tag : forest_.tags())
            for (const Branch& branch : forest_.tree(tag))
                if (branch.ports != straight_on(branch.router, branch.in_port))
                    exact[branch.router.value()].push_back({.key = tag, .ports = branch.ports});
        for (std::size_t router = 0; router < exact.size(); ++router) {
            if (exact[router].size() <= room) continue;
            const std::size_t keys = exact[router].size();
            const TernaryTable packed{std::move(exact[router])};
            if (packed.entries().size() > room)
                throw InputError{
                    fmt::format("{} needs {} table entries for {} multicast tags, but has {}: give tags of one source "
                                "consecutive numbers so "
                                "that they merge, place cores nearer to each other, or raise entries",
                                topology_.name(RouterId{router}), packed.entries().size(), keys, room)};
        }
    }

    const Topology& topology_;
    MulticastForest forest_;
    BranchTable branches_;
    NextHopTable next_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<MulticastTable>();

}  // namespace
}  // namespace spikefab
