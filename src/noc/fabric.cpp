// SPDX-License-Identifier: Apache-2.0
// Building the link tables.
#include "noc/fabric.hpp"

#include "base/contract.hpp"

#include <fmt/format.h>

namespace spikefab::noc {

Fabric make_fabric(std::uint32_t routers, std::uint32_t ports) {
    Fabric fabric;
    fabric.routers = routers;
    fabric.ports = ports;
    const std::size_t cells = std::size_t{routers} * ports;
    fabric.downstream.resize(cells);
    fabric.upstream.resize(cells);
    fabric.endpoint.assign(cells, none);
    fabric.direction.assign(cells, Direction::other);
    for (std::uint32_t router = 0; router < routers; ++router) fabric.router_names.push_back(fmt::format("{}", router));
    for (std::uint32_t port = 0; port < ports; ++port) fabric.port_names.push_back(fmt::format("port {}", port));
    return fabric;
}

void Fabric::connect(PortRef from, PortRef to, Direction kind) {
    expects(!downstream[index(from)].connected() && !upstream[index(to)].connected());
    downstream[index(from)] = to;
    upstream[index(to)] = from;
    direction[index(from)] = kind;
}

std::uint32_t Fabric::attach(PortRef at) {
    expects(endpoint[index(at)] == none);
    const std::uint32_t number = endpoints();
    endpoint[index(at)] = number;
    direction[index(at)] = Direction::inside_tile;
    attached.push_back(at);
    return number;
}

}  // namespace spikefab::noc
