// SPDX-License-Identifier: Apache-2.0
// A topology flattened for the engines: every question of the inner loop is one access to a table of router * ports + port.
#pragma once

#include "models/routing/topology.hpp"
#include "noc/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikefab::noc {

/// Kinds of hop: prices and asynchronous times differ by them.
enum class HopKind : std::uint8_t { inside_tile, east_west, north_south, other };
inline constexpr std::size_t hop_kinds = 4;
constexpr std::size_t index_of(HopKind kind) {
    return static_cast<std::size_t>(kind);
}

/// The other end of a port.
struct Peer {
    enum class Kind : std::uint8_t { nothing, router, endpoint };
    Kind kind = Kind::nothing;
    HopKind hop = HopKind::other;
    std::uint32_t router = none;    ///< when it is a router: that router
    std::uint32_t port = 0;         ///< ... and its port
    std::uint32_t endpoint = none;  ///< when it is an endpoint
};

/// Ports of the router that has most.
[[nodiscard]] std::uint32_t most_ports(const Topology& topology);

struct Fabric {
    explicit Fabric(const Topology& topology);

    std::uint32_t routers = 0;
    std::uint32_t ports = 0;       ///< of the router that has most; the others' surplus ports lead nowhere
    std::uint32_t endpoints = 0;   ///< cores, then edge ports
    std::vector<Peer> downstream;  ///< [router * ports + output]
    std::vector<Peer> upstream;    ///< [router * ports + input]

    [[nodiscard]] std::size_t index(std::uint32_t router, std::uint32_t port) const {
        return std::size_t{router} * ports + port;
    }
};

}  // namespace spikefab::noc
