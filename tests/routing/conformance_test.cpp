// SPDX-License-Identifier: Apache-2.0
// Every registered routing algorithm on every family of topologies it claims: delivery, minimality, no deadlock, and
// that its claims about what it looks at are true.
#include "models/routing/check.hpp"

#include "routing_kit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace spikefab {
namespace {

/// Topologies of each family, odd, even, narrow and with several cores per router.
const std::map<std::string_view, std::vector<std::string>>& examples() {
    static const std::map<std::string_view, std::vector<std::string>> all{
        {"mesh",
         {"{model: mesh, width: 4, height: 4}", "{model: mesh, width: 7, height: 5}", "{model: mesh, width: 1, height: 6}",
          "{model: mesh, width: 8, height: 4, cores_per_router: 4}"}},
        {"torus",
         {"{model: torus, width: 4, height: 4}", "{model: torus, width: 7, height: 5}", "{model: torus, width: 2, height: 3}",
          "{model: torus, width: 6, height: 1}"}},
        {"ring", {"{model: ring, routers: 2}", "{model: ring, routers: 5}", "{model: ring, routers: 16, cores_per_router: 2}"}},
        {"tree",
         {"{model: tree, children: [4]}", "{model: tree, children: [2, 3], cores_per_router: 2}",
          "{model: tree, children: [4], mesh_width: 3, mesh_height: 2}", "{model: tree, children: [1, 2, 2], mesh_width: 2}"}},
        {"fat_tree",
         {"{model: fat_tree, arity: 2, levels: 3, cores_per_router: 2}", "{model: fat_tree, arity: 4, levels: 2}",
          "{model: fat_tree, arity: 3, levels: 3, cores_per_router: 1}", "{model: fat_tree, arity: 10, levels: 2}"}},
        {"graph",
         {"{model: graph, routers: 5, links: [{router: 0, neighbour: 1}, {router: 1, neighbour: 2}, {router: 2, neighbour: 3}, "
          "{router: 3, neighbour: 4}, {router: 4, neighbour: 0}, {router: 1, neighbour: 3}]}",
          "{model: graph, routers: 4, cores: [2, 0, 1, 3], links: [{router: 3, neighbour: 1}, {router: 1, neighbour: 0}, "
          "{router: 1, neighbour: 2}, {router: 1, neighbour: 2}]}"}},
    };
    return all;
}

struct Pairing {
    std::string routing;
    std::string topology;
    unsigned vcs = 1;
};

void PrintTo(const Pairing& pairing, std::ostream* out) {
    *out << pairing.routing << " on " << pairing.topology << " with " << pairing.vcs << " channels";
}

std::vector<Pairing> pairings() {
    std::vector<Pairing> all;
    for (const std::string_view name : Registry<RoutingModel>::instance().names()) {
        const RoutingClaims claims = Registry<RoutingModel>::instance().make(name)->claims();
        for (const std::string_view family : claims.families)
            for (const std::string& topology : examples().at(family))
                for (const unsigned vcs : {claims.least_vcs, claims.least_vcs + 2})
                    all.push_back({std::string{name}, topology, vcs});
    }
    return all;
}

class RoutingConformance : public testing::TestWithParam<Pairing> {};

TEST_P(RoutingConformance, delivers_all_pairs_minimally_where_claimed_and_cannot_deadlock) {
    const Topology topology = build_topology(GetParam().topology);
    const auto routing = make_routing(GetParam().routing, topology, GetParam().vcs);
    const RoutingReport report = check_routing(topology, *routing, GetParam().vcs);
    EXPECT_TRUE(report.sound()) << report.text();
    EXPECT_EQ(report.cut_off, 0U);
}

/// What the algorithm answers at `at`; the packet comes from an endpoint of that router, if it has one.
std::vector<RouteOption> ask(const Topology& topology, const RoutingAlgorithm& routing, const Position& at,
                             EndpointId destination, std::uint32_t choice = 0) {
    const auto here = std::ranges::find(topology.endpoints(), at.router, &Endpoint::router);
    const auto source = here == topology.endpoints().end() ? 0 : here - topology.endpoints().begin();
    const Header header{.source = EndpointId{static_cast<std::uint32_t>(source)}, .destination = destination, .choice = choice};
    Route route;
    routing.route(at, routing.prepare(header), route);
    return {route.choices().begin(), route.choices().end()};
}

TEST_P(RoutingConformance, every_core_and_edge_port_is_reached_by_its_own_port) {
    const Topology topology = build_topology(GetParam().topology);
    const auto routing = make_routing(GetParam().routing, topology, GetParam().vcs);
    for (std::size_t index = 0; index < topology.endpoints().size(); ++index) {
        const Endpoint& end = topology.endpoint(EndpointId{index});
        const auto answer = ask(topology, *routing, {.router = end.router}, EndpointId{index});
        ASSERT_EQ(answer.size(), 1U) << topology.name(EndpointId{index});
        EXPECT_EQ(answer[0].port, end.port) << topology.name(EndpointId{index});
        EXPECT_NE(answer[0].vcs, 0) << topology.name(EndpointId{index});
    }
}

TEST_P(RoutingConformance, serves_a_host_port_like_a_core) {
    const Topology plain = build_topology(GetParam().topology);
    for (const RouterId router : {RouterId{0U}, RouterId{plain.routers() - 1}}) {
        const Topology topology = plain.with_host_port(router);
        if (GetParam().routing == "fat_tree" && topology.router(router).level != 0) {
            EXPECT_THAT(refusal([&] { return make_routing("fat_tree", topology, 1); }), testing::HasSubstr("leaves only"));
            continue;
        }
        const auto routing = make_routing(GetParam().routing, topology, GetParam().vcs);
        const RoutingReport report = check_routing(topology, *routing, GetParam().vcs);
        EXPECT_TRUE(report.sound()) << report.text();
        const EndpointId host{topology.endpoints().size() - 1};
        const auto answer = ask(topology, *routing, {.router = router}, host);
        ASSERT_EQ(answer.size(), 1U);
        EXPECT_EQ(answer[0].port, topology.endpoint(host).port);
    }
}

TEST_P(RoutingConformance, looks_only_at_what_it_claims_to_look_at) {
    const Topology topology = build_topology(GetParam().topology);
    const auto routing = make_routing(GetParam().routing, topology, GetParam().vcs);
    const RoutingClaims& claims = routing->claims();
    for (std::uint32_t index = 0; index < topology.routers() * topology.cores(); ++index) {
        const RouterId router{index % static_cast<std::uint32_t>(topology.routers())};
        const EndpointId core{index / static_cast<std::uint32_t>(topology.routers())};
        const auto first = ask(topology, *routing, {.router = router}, core);
        if (claims.deterministic) {
            ASSERT_LE(first.size(), 1U);
        }
        ASSERT_EQ(first, ask(topology, *routing, {.router = router}, core, claims.choices));
        if (claims.uses_input) continue;
        const auto last_port = static_cast<PortIndex>(topology.ports(router) - 1);
        ASSERT_EQ(first, ask(topology, *routing, {.router = router, .in_port = last_port, .in_vc = 1}, core));
    }
}

INSTANTIATE_TEST_SUITE_P(All, RoutingConformance, testing::ValuesIn(pairings()));

TEST(Registries, every_topology_has_examples_here) {
    for (const std::string_view name : Registry<TopologyModel>::instance().names())
        EXPECT_TRUE(examples().contains(name)) << name;
}

TEST(Registries, every_entry_says_in_one_line_what_it_is) {
    for (const std::string_view name : Registry<RoutingModel>::instance().names())
        EXPECT_THAT(Registry<RoutingModel>::instance().find(name)->summary.size(),
                    testing::AllOf(testing::Gt(20U), testing::Lt(121U)));
    for (const std::string_view name : Registry<TopologyModel>::instance().names())
        EXPECT_THAT(Registry<TopologyModel>::instance().find(name)->summary.size(),
                    testing::AllOf(testing::Gt(20U), testing::Lt(121U)));
}

}  // namespace
}  // namespace spikefab
