// SPDX-License-Identifier: Apache-2.0
// Table routing on any topology: every router looks its next hop up by destination. The table holds shortest paths round
// whatever is dead (breadth-first search; Moore, "The shortest path through a maze", Int. Symp. Theory of Switching, 1959),
// of several the one by the lowest port, which is xy on a sound mesh; single entries can be overruled by hand. Nothing
// keeps tables from deadlock in general: the check before a run looks at the one at hand.
#include "models/routing/next_hop_table.hpp"
#include "models/routing/routing.hpp"

namespace spikefab {
namespace {

struct TableEntry {
    std::uint32_t router = 0;
    std::uint32_t target = 0;
    std::uint32_t next = 0;
    static constexpr auto fields = std::tuple{field("router", &TableEntry::router, "where the packet is").required(),
                                              field("target", &TableEntry::target, "router it goes to").required(),
                                              field("next", &TableEntry::next, "neighbour to send it to").required()};
};

class TableRouting final {
public:
    static constexpr std::string_view name = "table";
    static constexpr std::string_view summary = "shortest paths from a table, round what is dead; any topology";
    static constexpr std::array<std::string_view, 3> families{"mesh", "tree", "fat_tree"};
    static constexpr RoutingClaims claims{.families = families};

    struct Params {
        std::vector<TableEntry> entries{};
        static constexpr auto fields = std::tuple{
            field("entries", &Params::entries, "next hops that overrule the shortest path, each {router, target, next}")};
    };

    TableRouting(const RoutingSite& site, const Params& params)
        : topology_{site.topology},
          next_{(require_table_fits(site.topology, name), shortest_paths(site.topology))},
          vcs_{all_vcs(site.vcs)} {
        for (const TableEntry& entry : params.entries) overrule(entry);
    }

    void route(const Position& at, const Header& header, Route& route) const {
        const Endpoint& target = topology_.endpoint(header.destination);
        if (at.router == target.router) return route.add(target.port, vcs_);
        if (const PortIndex port = next_(at.router.value(), target.router); port != NextHopTable::no_way) route.add(port, vcs_);
    }

private:
    void overrule(const TableEntry& entry) {
        const auto [router, target, next] = entry;
        if (router >= topology_.routers() || target >= topology_.routers())
            throw InputError{fmt::format("a table entry names router {}, but the routers are 0 to {}", std::max(router, target),
                                         topology_.routers() - 1)};
        for (PortIndex port = 0; port < topology_.router(RouterId{router}).network_ports; ++port) {
            const ChannelId out = topology_.channel_out(RouterId{router}, port);
            if (out.valid() && topology_.channel(out).to == RouterId{next}) return next_.set(router, RouterId{target}, port);
        }
        throw InputError{
            fmt::format("a table entry sends packets from router {} to router {}, but no link goes there: name a "
                        "neighbour",
                        router, next)};
    }

    const Topology& topology_;
    NextHopTable next_;
    VcMask vcs_;
};

[[maybe_unused]] const bool registered = register_routing<TableRouting>();

}  // namespace
}  // namespace spikefab
