// SPDX-License-Identifier: Apache-2.0
// Where every link goes: routers, ports and endpoints as flat tables, resolved from a topology before the run.
#pragma once

#include "noc/packet.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab::noc {

/// What kind of link a port leads to; prices and asynchronous times differ by it.
enum class Direction : std::uint8_t { inside_tile, east_west, north_south, other };
inline constexpr std::size_t direction_count = 4;

/// A port of a router; `router` is `none` where nothing is connected.
struct PortRef {
    std::uint32_t router = none;
    std::uint32_t port = 0;
    bool operator==(const PortRef&) const = default;
    [[nodiscard]] bool connected() const { return router != none; }
};

/// Every router has `ports` ports; port p is input p and output p. An output leads either to another router's input
/// (`downstream`) or to an endpoint (`endpoint`), and an input is fed by one of the two in the same way.
struct Fabric {
    std::uint32_t routers = 0;
    std::uint32_t ports = 0;
    std::vector<PortRef> downstream;        ///< [router * ports + output]
    std::vector<PortRef> upstream;          ///< [router * ports + input]
    std::vector<std::uint32_t> endpoint;    ///< [router * ports + port], `none` where no endpoint is attached
    std::vector<Direction> direction;       ///< [router * ports + output]
    std::vector<PortRef> attached;          ///< [endpoint]
    std::vector<std::string> router_names;  ///< for reports: "(3,2)"
    std::vector<std::string> port_names;    ///< for reports: "east"; the same for every router

    [[nodiscard]] std::size_t index(std::uint32_t router, std::uint32_t port) const {
        return std::size_t{router} * ports + port;
    }
    [[nodiscard]] std::size_t index(PortRef at) const { return index(at.router, at.port); }
    [[nodiscard]] std::uint32_t endpoints() const { return static_cast<std::uint32_t>(attached.size()); }

    /// Joins output `from` to input `to`.
    void connect(PortRef from, PortRef to, Direction kind);
    /// Attaches the next endpoint to port `at`.
    std::uint32_t attach(PortRef at);
};

/// A fabric of `routers` unconnected routers.
[[nodiscard]] Fabric make_fabric(std::uint32_t routers, std::uint32_t ports);

}  // namespace spikefab::noc
