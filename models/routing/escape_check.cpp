// SPDX-License-Identifier: Apache-2.0
// The extended channel-dependency graph of channel 0: Duato, "A new theory of deadlock-free adaptive routing in wormhole
// networks", IEEE Trans. Parallel Distrib. Syst. 4(12), 1993, theorem 1 and definition 9.
//
// Nodes are the channels 0 and, between them, pairs (router, destination): where a packet stands. A channel 0 leads to where
// the packets that use it stand next; a pair leads over adaptive channels to other pairs, and over channel 0 to that
// channel. A cycle among them is a cycle of the extended graph, since adaptive hops alone, being minimal, close none.
#include "models/routing/escape_check.hpp"

#include "models/routing/depth_first.hpp"

namespace spikefab {
namespace {

constexpr VcMask escape_vc = 1;

class ExtendedGraph final {
public:
    ExtendedGraph(const Topology& topology, const RoutingAlgorithm& routing, std::span<const EndpointId> destinations)
        : topology_{topology}, routing_{routing}, destinations_{destinations} {}

    [[nodiscard]] std::size_t nodes() const { return topology_.channels().size() + topology_.routers() * destinations_.size(); }
    [[nodiscard]] bool is_channel(std::uint32_t node) const { return node < topology_.channels().size(); }

    void append_successors(std::uint32_t node, std::vector<std::uint32_t>& next) {
        if (is_channel(node))
            after_channel(ChannelId{node}, next);
        else
            after_stand(node, next);
    }
    /// The first place from which no channel 0 can be asked for.
    [[nodiscard]] const std::string& without_escape() const { return without_escape_; }

private:
    [[nodiscard]] std::uint32_t stand(RouterId router, std::size_t destination) const {
        return static_cast<std::uint32_t>(topology_.channels().size() + destination * topology_.routers() + router.value());
    }
    [[nodiscard]] Route route(RouterId router, std::size_t destination) const {
        Route made;
        const Header header{.source = destinations_[destination], .destination = destinations_[destination]};
        routing_.route({.router = router}, header, made);
        return made;
    }

    void after_channel(ChannelId channel, std::vector<std::uint32_t>& next) const {
        const Channel& link = topology_.channel(channel);
        for (std::size_t destination = 0; destination < destinations_.size(); ++destination) {
            if (topology_.endpoint(destinations_[destination]).router == link.from) continue;
            const Route ways = route(link.from, destination);
            for (const RouteOption& option : ways.choices())
                if (option.port == link.from_port && (option.vcs & escape_vc) != 0) next.push_back(stand(link.to, destination));
        }
    }

    void after_stand(std::uint32_t node, std::vector<std::uint32_t>& next) {
        const std::size_t place = node - topology_.channels().size();
        const RouterId router{place % topology_.routers()};
        const std::size_t destination = place / topology_.routers();
        if (topology_.endpoint(destinations_[destination]).router == router) return;
        bool escapes = false;
        const Route ways = route(router, destination);
        for (const RouteOption& option : ways.choices()) {
            const ChannelId out = topology_.channel_out(router, option.port);
            if (!out.valid()) continue;
            if ((option.vcs & escape_vc) != 0) next.push_back(out.value());
            if ((option.vcs & ~escape_vc) != 0) next.push_back(stand(topology_.channel(out).to, destination));
            escapes = escapes || (option.vcs & escape_vc) != 0;
        }
        if (!escapes && without_escape_.empty())
            without_escape_ = fmt::format("at {} a packet for {} cannot ask for the escape channel 0", topology_.name(router),
                                          topology_.name(destinations_[destination]));
    }

    const Topology& topology_;
    const RoutingAlgorithm& routing_;
    std::span<const EndpointId> destinations_;
    std::string without_escape_;
};

}  // namespace

std::string check_escape(const Topology& topology, const RoutingAlgorithm& routing, std::span<const EndpointId> destinations) {
    ExtendedGraph graph{topology, routing, destinations};
    DepthFirst search{graph.nodes()};
    for (std::uint32_t root = 0; root < graph.nodes(); ++root) {
        const auto cycle = search.visit(
            root, [&](std::uint32_t node, std::vector<std::uint32_t>& next) { graph.append_successors(node, next); });
        if (cycle.empty()) continue;
        std::string text = "the escape channels can wait for each other in a circle:";
        for (const std::uint32_t node : cycle)
            if (graph.is_channel(node)) text += fmt::format("\n    {}, channel 0", topology.name(ChannelId{node}));
        return text;
    }
    return graph.without_escape();
}

}  // namespace spikefab
