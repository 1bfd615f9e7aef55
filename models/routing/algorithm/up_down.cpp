// SPDX-License-Identifier: Apache-2.0
// Up*/down* routing: every link gets a direction, up towards the root of a breadth-first tree, and a packet makes all its
// upward hops before its downward ones, so no cycle of waiting closes on any graph (Schroeder et al., "Autonet: a
// high-speed, self-configuring local area network using point-to-point links", IEEE J. Sel. Areas Commun. 9(8), 1991).
// Of the legal paths it takes the shortest, round whatever is dead.
#include "models/routing/next_hop_table.hpp"
#include "models/routing/routing.hpp"

#include <algorithm>

namespace spikefab {
namespace {

class UpDown final {
public:
    static constexpr std::string_view name = "up_down";
    static constexpr std::string_view summary = "up towards a root, then down: deadlock-free on any graph, round what is dead";
    static constexpr std::array<std::string_view, 6> families{"mesh", "torus", "ring", "tree", "fat_tree", "graph"};
    static constexpr RoutingClaims claims{.minimal = false, .uses_input = true, .families = families};

    struct Params {
        std::uint32_t root = 0;
        static constexpr auto fields = std::tuple{
            field("root", &Params::root, "router at the root of the tree; if it is dead, the first living one after it")};
    };

    UpDown(const RoutingSite& site, const Params& params)
        : topology_{site.topology},
          next_{(require_table_fits(site.topology, name), 2 * site.topology.routers()), site.topology.routers()},
          vcs_{all_vcs(site.vcs)} {
        if (params.root >= topology_.routers())
            throw InputError{
                fmt::format("root {} does not exist: the routers are 0 to {}", params.root, topology_.routers() - 1)};
        rank_routers(params.root);
        for (std::size_t goal = 0; goal < topology_.routers(); ++goal)
            if (!topology_.router(RouterId{goal}).dead) fill(RouterId{goal});
    }

    void route(const Position& at, const Header& header, Route& route) const {
        const Endpoint& target = topology_.endpoint(header.destination);
        if (at.router == target.router) return route.add(target.port, vcs_);
        const ChannelId in = topology_.channel_in(at.router, at.in_port);
        const bool descending = in.valid() && !is_up(topology_.channel(in));
        const PortIndex port = next_(row(at.router, descending), target.router);
        if (port != NextHopTable::no_way) route.add(port, vcs_);
    }

private:
    [[nodiscard]] static std::size_t row(RouterId router, bool descending) {
        return std::size_t{router.value()} * 2 + (descending ? 1 : 0);
    }
    [[nodiscard]] bool is_up(const Channel& channel) const { return rank_[channel.to.value()] < rank_[channel.from.value()]; }

    /// Orders the routers by distance from the root, then by number. What the root does not reach gets a tree of its own.
    void rank_routers(std::uint32_t root) {
        rank_.assign(topology_.routers(), unreachable_hops);
        std::uint32_t rank = 0;
        std::vector<RouterId> front;
        for (std::size_t turn = 0; turn < topology_.routers(); ++turn) {
            const RouterId start{(root + turn) % topology_.routers()};
            if (topology_.router(start).dead || rank_[start.value()] != unreachable_hops) continue;
            rank_[start.value()] = rank++;
            front.assign(1, start);
            for (std::size_t next = 0; next < front.size(); ++next) rank_neighbours(front[next], rank, front);
        }
    }

    void rank_neighbours(RouterId router, std::uint32_t& rank, std::vector<RouterId>& front) {
        for (PortIndex port = 0; port < topology_.router(router).network_ports; ++port) {
            const ChannelId out = topology_.channel_out(router, port);
            if (!out.valid() || topology_.channel(out).dead) continue;
            const RouterId neighbour = topology_.channel(out).to;
            if (rank_[neighbour.value()] != unreachable_hops) continue;
            rank_[neighbour.value()] = rank++;
            front.push_back(neighbour);
        }
    }

    /// Breadth-first search from `goal` backwards over (router, still allowed up?).
    void fill(RouterId goal) {
        std::vector<bool> met(2 * topology_.routers(), false);
        std::vector<std::pair<RouterId, bool>> front{{goal, true}, {goal, false}};
        met[row(goal, true)] = met[row(goal, false)] = true;
        for (std::size_t next = 0; next < front.size(); ++next) {
            const auto [router, descending] = front[next];
            for (PortIndex port = 0; port < topology_.router(router).network_ports; ++port) {
                const ChannelId in = topology_.channel_in(router, port);
                if (in.valid() && !topology_.channel(in).dead && is_up(topology_.channel(in)) != descending)
                    step_back(topology_.channel(in), goal, met, front);
            }
        }
    }

    /// Whoever may take `channel` and has no way yet gets it: after an upward hop one may still go up or down, after a
    /// downward hop only down.
    void step_back(const Channel& channel, RouterId goal, std::vector<bool>& met,
                   std::vector<std::pair<RouterId, bool>>& front) {
        for (const bool was_descending : {false, true}) {
            if (was_descending && is_up(channel)) continue;
            const std::size_t before = row(channel.from, was_descending);
            if (met[before]) continue;
            met[before] = true;
            next_.set(before, goal, channel.from_port);
            front.push_back({channel.from, was_descending});
        }
    }

    const Topology& topology_;
    NextHopTable next_;
    VcMask vcs_;
    std::vector<std::uint32_t> rank_;  ///< [router] 0 is the root; channels to lower ranks lead up
};

[[maybe_unused]] const bool registered = register_routing<UpDown>();

}  // namespace
}  // namespace spikefab
