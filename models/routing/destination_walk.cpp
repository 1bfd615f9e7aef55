// SPDX-License-Identifier: Apache-2.0
// Following all routes to a destination.
#include "models/routing/destination_walk.hpp"

#include "models/routing/next_hop_table.hpp"

#include <bit>

namespace spikefab {
namespace {

constexpr std::size_t pairs_kept = 8;

}  // namespace

DestinationWalk::DestinationWalk(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs)
    : topology_{topology},
      routing_{routing},
      vcs_{vcs},
      by_input_{routing.claims().uses_input},
      rewrites_header_{routing.claims().rewrites_header},
      checks_distance_{routing.claims().minimal && !topology.faulty()} {
    for (std::size_t router = 0; router < topology.routers(); ++router)
        router_of_port_.insert(router_of_port_.end(), topology.ports(RouterId{router}), RouterId{router});
    const std::size_t states = by_input_ ? std::size_t{topology.total_ports()} * vcs : topology.routers();
    routes_.resize(states);
    headers_.resize(states);
}

std::uint32_t DestinationWalk::state_of(const Position& at) const {
    return by_input_ ? topology_.port_offset(at.router, at.in_port) * vcs_ + at.in_vc : at.router.value();
}

Position DestinationWalk::position_of(std::uint32_t state) const {
    if (!by_input_) return {.router = RouterId{state}};
    const std::uint32_t port = state / vcs_;
    const RouterId router = router_of_port_[port];
    return {.router = router,
            .in_port = static_cast<PortIndex>(port - topology_.port_offset(router, 0)),
            .in_vc = static_cast<std::uint8_t>(state % vcs_)};
}

void DestinationWalk::reset(EndpointId destination, std::uint32_t choice) {
    destination_ = destination;
    choice_ = choice;
    any_stuck_ = false;
    visited_.clear();
    stuck_.assign(routes_.size(), false);
    arrivals_.assign(topology_.total_ports(), 0);
    if (checks_distance_) distance_ = hops_to(topology_, topology_.endpoint(destination).router);
}

void DestinationWalk::mistake(WalkFindings& findings, const std::string& kind, const Position& at,
                              const std::string& what) const {
    if (findings.mistakes.contains(kind)) return;
    findings.mistakes[kind] =
        fmt::format("{}: at {} a packet for {} (at {}) {}", kind, topology_.name(at.router), topology_.name(destination_),
                    topology_.name(topology_.endpoint(destination_).router), what);
}

void DestinationWalk::enter(const Channel& channel, VcMask vcs, const Header& header, std::vector<std::uint32_t>& next) {
    VcMask& arrived = arrivals_[topology_.port_offset(channel.to, channel.to_port)];
    arrived = static_cast<VcMask>(arrived | vcs);
    for (unsigned left = vcs; left != 0; left &= left - 1) {
        const auto vc = static_cast<std::uint8_t>(std::countr_zero(left));
        const std::uint32_t state = state_of({.router = channel.to, .in_port = channel.to_port, .in_vc = vc});
        if (rewrites_header_) headers_[state] = header;
        next.push_back(state);
        if (!by_input_) break;
    }
}

void DestinationWalk::follow(const Position& at, const RouteOption& option, const Header& header,
                             std::vector<std::uint32_t>& next, WalkFindings& findings) {
    const ChannelId out = topology_.channel_out(at.router, option.port);
    if (!out.valid()) return mistake(findings, "wrong delivery", at, fmt::format("leaves the network by port {}", option.port));
    const auto vcs = static_cast<VcMask>(option.vcs & all_vcs(vcs_));
    if (vcs == 0) return mistake(findings, "no channel", at, fmt::format("may use none of the {} virtual channels", vcs_));
    const Channel& channel = topology_.channel(out);
    if (routing_.claims().minimal && !topology_.faulty() && distance_[channel.to.value()] + 1 != distance_[at.router.value()])
        mistake(findings, "detour", at, fmt::format("goes to {}, which is no nearer", topology_.name(channel.to)));
    enter(channel, vcs, rewrites_header_ ? routing_.forward(at, header, option.port) : header, next);
}

void DestinationWalk::expand(std::uint32_t state, std::vector<std::uint32_t>& next, WalkFindings& findings) {
    const Position at = position_of(state);
    const Endpoint& target = topology_.endpoint(destination_);
    const Header header = rewrites_header_ ? headers_[state] : header_;
    visited_.push_back(state);
    routes_[state] = Route{};
    routing_.route(at, header, routes_[state]);
    if (routes_[state].copies != 0) return mistake(findings, "copies", at, "is copied, but it has one destination");
    for (const RouteOption& option : routes_[state].choices()) {
        if (at.router == target.router && option.port == target.port) continue;
        follow(at, option, header, next, findings);
    }
}

/// A packet in `state` is stuck when it has no option, or one that leads to where it is stuck.
void DestinationWalk::conclude(std::uint32_t state) {
    bool stuck = routes_[state].count == 0;
    any_stuck_ = any_stuck_ || stuck;
    if (!any_stuck_) return;
    const Position at = position_of(state);
    for (const RouteOption& option : routes_[state].choices()) {
        const ChannelId out = topology_.channel_out(at.router, option.port);
        if (!out.valid()) continue;
        const Channel& channel = topology_.channel(out);
        for (unsigned left = option.vcs & all_vcs(vcs_); left != 0 && !stuck; left &= left - 1) {
            const auto vc = static_cast<std::uint8_t>(std::countr_zero(left));
            stuck = stuck_[state_of({.router = channel.to, .in_port = channel.to_port, .in_vc = vc})];
        }
    }
    stuck_[state] = stuck;
}

void DestinationWalk::start(EndpointId source, DepthFirst& search, WalkFindings& findings) {
    const Endpoint& from = topology_.endpoint(source);
    header_ = {.source = source, .destination = destination_, .choice = choice_};
    if (rewrites_header_) header_ = routing_.prepare(header_);
    bool stuck = false;
    for (unsigned vc = 0; vc < (by_input_ ? vcs_ : 1U); ++vc) {
        const std::uint32_t state =
            state_of({.router = from.router, .in_port = from.port, .in_vc = static_cast<std::uint8_t>(vc)});
        if (rewrites_header_ && !search.seen(state)) headers_[state] = header_;
        const auto cycle = search.visit(
            state, [&](std::uint32_t node, std::vector<std::uint32_t>& next) { expand(node, next, findings); },
            [&](std::uint32_t node) { conclude(node); });
        if (!cycle.empty())
            mistake(findings, "livelock", position_of(cycle.front()),
                    fmt::format("can come back to where it was after {} hops", cycle.size()));
        stuck = stuck || stuck_[state];
    }
    if (!stuck) return;
    ++findings.cut_off_count;
    if (findings.cut_off.size() < pairs_kept) findings.cut_off.push_back({source, destination_});
}

void DestinationWalk::walk(std::span<const EndpointId> sources, EndpointId destination, std::uint32_t choice,
                           ChannelDependencies& dependencies, WalkFindings& findings) {
    reset(destination, choice);
    DepthFirst search{routes_.size()};
    for (const EndpointId source : sources) start(source, search, findings);
    add_dependencies(dependencies);
}

void DestinationWalk::add_dependencies(ChannelDependencies& dependencies) const {
    for (const std::uint32_t state : visited_) {
        const Position at = position_of(state);
        for (const RouteOption& option : routes_[state].choices()) {
            if (by_input_) {
                dependencies.add(at.router, at.in_port, static_cast<VcMask>(1U << at.in_vc), option.port, option.vcs);
                continue;
            }
            for (PortIndex in = 0; in < topology_.router(at.router).network_ports; ++in)
                dependencies.add(at.router, in, arrivals_[topology_.port_offset(at.router, in)], option.port, option.vcs);
        }
    }
}

}  // namespace spikefab
