// SPDX-License-Identifier: Apache-2.0
// Putting topologies together and naming their parts in messages.
#include "models/routing/topology.hpp"

#include "base/contract.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikefab {
namespace {

/// On which side of the chip an unused port of a grid router lies.
Direction side_of(const GridShape& grid, PortIndex port) {
    constexpr std::array sides{Direction::east, Direction::west, Direction::north, Direction::south};
    return grid.exists() && port < sides.size() ? sides[port] : Direction::other;
}

}  // namespace

Topology::Topology(TopologyParts parts) : parts_{std::move(parts)} {
    index_channels();
    hand_out_endpoints();
    const auto dead = [](const auto& part) { return part.dead; };
    faulty_ = std::ranges::any_of(parts_.channels, dead) || std::ranges::any_of(parts_.routers, dead);
}

void Topology::index_channels() {
    first_port_.push_back(0);
    for (const Router& router : parts_.routers)
        first_port_.push_back(first_port_.back() + router.network_ports + router.local_ports + router.host_ports);
    out_.resize(first_port_.back());
    in_.resize(first_port_.back());
    for (std::size_t index = 0; index < parts_.channels.size(); ++index) {
        const Channel& link = parts_.channels[index];
        ChannelId& out = out_[port_offset(link.from, link.from_port)];
        ChannelId& in = in_[port_offset(link.to, link.to_port)];
        expects(!is_local(link.from, link.from_port) && !is_local(link.to, link.to_port) && !out.valid() && !in.valid());
        out = in = ChannelId{index};
    }
}

void Topology::hand_out_endpoints() {
    for (std::size_t index = 0; index < routers(); ++index) {
        const RouterId id{index};
        const unsigned cores_from = router(id).network_ports;
        for (unsigned port = cores_from; port < cores_from + router(id).local_ports; ++port)
            endpoints_.push_back({id, static_cast<PortIndex>(port), Direction::local});
    }
    cores_ = endpoints_.size();
    for (std::size_t index = 0; index < routers(); ++index) {
        const RouterId id{index};
        for (PortIndex port = 0; port < router(id).network_ports; ++port)
            if (!channel_out(id, port).valid() && !channel_in(id, port).valid())
                endpoints_.push_back({id, port, side_of(grid(), port)});
    }
    edge_ports_ = endpoints_.size() - cores_;
    for (std::size_t index = 0; index < routers(); ++index) {
        const RouterId id{index};
        for (unsigned port = ports(id) - router(id).host_ports; port < ports(id); ++port)
            endpoints_.push_back({id, static_cast<PortIndex>(port), Direction::local});
    }
}

Topology Topology::with_host_port(RouterId host) const {
    if (router(host).dead) throw InputError{fmt::format("{} is dead: a host port needs a router that works", name(host))};
    if (ports(host) == port_limit)
        throw InputError{
            fmt::format("{} has {} ports already and no room for a host port: choose another router, or give it "
                        "fewer cores",
                        name(host), port_limit)};
    TopologyParts parts = parts_;
    ++parts.routers[host.value()].host_ports;
    return Topology{std::move(parts)};
}

EndpointId Topology::host_at(RouterId host) const {
    EndpointId first{};
    for (std::size_t index = cores_; index < endpoints_.size(); ++index) {
        if (endpoints_[index].router != host) continue;
        if (endpoints_[index].direction == Direction::west) return EndpointId{index};
        if (!first.valid()) first = EndpointId{index};
    }
    return first;
}

std::string Topology::name(RouterId id) const {
    const Router& place = router(id);
    if (grid().exists()) return fmt::format("router {} (x {}, y {})", id.value(), place.x, place.y);
    if (tree().exists()) return fmt::format("router {} (level {}, place {})", id.value(), place.level, place.x);
    return fmt::format("router {}", id.value());
}

std::string Topology::name(ChannelId id) const {
    const Channel& link = channel(id);
    if (link.direction == Direction::other) return fmt::format("{} -> {}", name(link.from), name(link.to));
    const auto direction = enum_names(Direction{})[static_cast<std::size_t>(link.direction)];
    return fmt::format("{} -> {} -> {}", name(link.from), direction, name(link.to));
}

std::string Topology::name(EndpointId id) const {
    if (id.value() < cores_) return fmt::format("core {}", id.value());
    const Endpoint& edge = endpoint(id);
    if (edge.direction == Direction::local) return fmt::format("host port of {}", name(edge.router));
    const auto side = enum_names(Direction{})[static_cast<std::size_t>(edge.direction)];
    return fmt::format("{} edge of {}", side, name(edge.router));
}

TopologyBuilder& TopologyBuilder::grid(GridShape shape) {
    parts_.grid = shape;
    return *this;
}

TopologyBuilder& TopologyBuilder::tree(TreeShape shape) {
    parts_.tree = std::move(shape);
    return *this;
}

RouterId TopologyBuilder::add_router(std::uint32_t network_ports, std::uint32_t cores, std::int32_t x, std::int32_t y,
                                     std::int32_t level) {
    const RouterId id{parts_.routers.size()};
    if (network_ports + cores > port_limit)
        throw InputError{fmt::format(
            "router {} would have {} ports ({} to other routers, {} to cores); at most {} are possible: give it fewer cores "
            "or links",
            id.value(), network_ports + cores, network_ports, cores, port_limit)};
    parts_.routers.push_back({.x = x,
                              .y = y,
                              .level = level,
                              .network_ports = static_cast<PortIndex>(network_ports),
                              .local_ports = static_cast<PortIndex>(cores)});
    return id;
}

TopologyBuilder& TopologyBuilder::connect(Channel channel) {
    parts_.channels.push_back(channel);
    return *this;
}

TopologyBuilder& TopologyBuilder::link(RouterId a, PortIndex port_a, RouterId b, PortIndex port_b, Direction there,
                                       Direction back, float length) {
    connect({.from = a, .to = b, .from_port = port_a, .to_port = port_b, .direction = there, .length = length});
    return connect({.from = b, .to = a, .from_port = port_b, .to_port = port_a, .direction = back, .length = length});
}

void TopologyBuilder::require_router(RouterId router) const {
    if (router.value() < parts_.routers.size()) return;
    throw InputError{fmt::format("there is no router {}: the {} has routers 0 to {}", router.value(), parts_.family,
                                 parts_.routers.size() - 1)};
}

TopologyBuilder& TopologyBuilder::kill_link(RouterId a, RouterId b) {
    require_router(a);
    require_router(b);
    bool found = false;
    for (Channel& channel : parts_.channels) {
        if (channel.from != a || channel.to != b) continue;
        channel.dead = true;
        found = true;
    }
    if (!found)
        throw InputError{fmt::format("no link goes from router {} to router {}, so it cannot be dead: name two neighbours",
                                     a.value(), b.value())};
    return *this;
}

TopologyBuilder& TopologyBuilder::kill_router(RouterId router) {
    require_router(router);
    parts_.routers[router.value()].dead = true;
    for (Channel& channel : parts_.channels)
        if (channel.from == router || channel.to == router) channel.dead = true;
    return *this;
}

}  // namespace spikefab
