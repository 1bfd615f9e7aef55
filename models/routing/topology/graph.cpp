// SPDX-License-Identifier: Apache-2.0
// Any graph: routers and a list of links. Ports are numbered in the order of the list.
#include "models/routing/topology_model.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct GraphLink {
    std::uint32_t router = 0;
    std::uint32_t neighbour = 0;
    bool one_way = false;
    double length = 1.0;
    static constexpr auto fields = std::tuple{
        field("router", &GraphLink::router, "one end").required(),
        field("neighbour", &GraphLink::neighbour, "the other end").required(),
        field("one_way", &GraphLink::one_way, "only from router to neighbour"),
        field("length", &GraphLink::length, {0.0, 1e6}, "in pitches; 1 is the distance of the other topologies' neighbours")};
};

struct Graph {
    static constexpr std::string_view name = "graph";
    static constexpr std::string_view summary = "any graph, from a list of links; route it by table or up_down";

    struct Params {
        std::uint32_t routers = 2;
        std::uint32_t cores_per_router = 1;
        std::vector<std::uint32_t> cores{};
        std::vector<GraphLink> links{};
        Faults faults;
        static constexpr auto fields =
            std::tuple{field("routers", &Params::routers, {1, 65536}, "how many routers").required(),
                       field("cores_per_router", &Params::cores_per_router, {0, port_limit}, "cores of every router"),
                       field("cores", &Params::cores, {0, port_limit},
                             "cores of router 0, 1, ... where they differ; else cores_per_router"),
                       field("links", &Params::links, "links, each {router, neighbour}").required(),
                       field("faults", &Params::faults, "dead links and routers")};
    };

    static Topology build(const Params& params) {
        check(params);
        std::vector<std::uint32_t> ports(params.routers, 0);
        for (const GraphLink& link : params.links) {
            ++ports[link.router];
            ++ports[link.neighbour];
        }
        TopologyBuilder builder{name};
        for (std::uint32_t router = 0; router < params.routers; ++router)
            builder.add_router(ports[router], params.cores.empty() ? params.cores_per_router : params.cores[router],
                               static_cast<std::int32_t>(router), 0);
        connect(builder, params);
        return finish_with_faults(builder, params.faults);
    }

private:
    static void check(const Params& params) {
        if (!params.cores.empty() && params.cores.size() != params.routers)
            throw InputError{fmt::format("cores names {} routers, but there are {}: give one number per router",
                                         params.cores.size(), params.routers)};
        for (std::size_t index = 0; index < params.links.size(); ++index) {
            const auto [router, neighbour, one_way, length] = params.links[index];
            if (router >= params.routers || neighbour >= params.routers || router == neighbour)
                throw InputError{
                    fmt::format("links.{} goes from router {} to router {}: give two different routers from 0 to {}", index,
                                router, neighbour, params.routers - 1)};
        }
    }

    static void connect(TopologyBuilder& builder, const Params& params) {
        std::vector<std::uint32_t> used(params.routers, 0);
        for (const GraphLink& link : params.links) {
            const Channel there{.from = RouterId{link.router},
                                .to = RouterId{link.neighbour},
                                .from_port = static_cast<PortIndex>(used[link.router]++),
                                .to_port = static_cast<PortIndex>(used[link.neighbour]++),
                                .length = static_cast<float>(link.length)};
            builder.connect(there);
            if (link.one_way) continue;
            builder.connect({.from = there.to,
                             .to = there.from,
                             .from_port = there.to_port,
                             .to_port = there.from_port,
                             .length = there.length});
        }
    }
};

[[maybe_unused]] const bool registered = register_topology<Graph>();

}  // namespace
}  // namespace spikefab
