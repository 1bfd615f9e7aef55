// SPDX-License-Identifier: Apache-2.0
// The way of a packet through a mesh without faults, worked out once at its source and carried by its head flit.
#pragma once

#include "models/routing/topology.hpp"

#include <cstdint>
#include <cstdlib>

namespace spikefab::noc {

/// How an engine finds a packet's way.
enum class Ways {
    by_algorithm,  ///< asks the routing algorithm at every router
    x_then_y,      ///< computes the whole way at the source; a mesh without faults and with at most 16 ports a router
    y_then_x
};

/// Runs of hops by the same port, the first run in the low bits: port (4 bits), hops (10 bits), twice, and the exit port.
/// The next output is always in the low 4 bits.
class Way final {
public:
    Way() = default;
    explicit Way(std::uint32_t only_port) : bits_{only_port} {}
    Way(std::uint32_t first_port, std::uint32_t first_hops, std::uint32_t second_port, std::uint32_t second_hops,
        std::uint32_t exit) {
        bits_ = exit;
        if (second_hops != 0) bits_ = bits_ << run_bits | second_hops << port_bits | second_port;
        if (first_hops != 0) bits_ = bits_ << run_bits | first_hops << port_bits | first_port;
    }
    /// No way but a number to be carried in its place.
    [[nodiscard]] static Way holding(std::uint32_t number) { return Way{number}; }
    [[nodiscard]] std::uint32_t held() const { return bits_; }
    static constexpr std::uint32_t longest_run = 1023;
    static constexpr std::uint32_t most_ports = 15;
    static constexpr std::uint32_t nowhere = 15;  ///< an output that no router has

    [[nodiscard]] std::uint32_t output() const { return bits_ & 15U; }
    [[nodiscard]] Way after_one_hop() const {
        const std::uint32_t left = bits_ - (1U << port_bits);
        Way way;
        way.bits_ = (left & (longest_run << port_bits)) == 0 ? left >> run_bits : left;
        return way;
    }

private:
    static constexpr unsigned port_bits = 4, run_bits = 14;
    std::uint32_t bits_ = 0;
};

[[nodiscard]] inline Way way_between(const Topology& topology, EndpointId source, EndpointId destination, bool x_first) {
    const Endpoint& to = topology.endpoint(destination);
    const Router& here = topology.router(topology.endpoint(source).router);
    const Router& there = topology.router(to.router);
    const std::int32_t x = there.x - here.x;
    const std::int32_t y = there.y - here.y;
    const std::uint32_t x_port = x < 0 ? grid_port::west : grid_port::east;
    const std::uint32_t y_port = y < 0 ? grid_port::south : grid_port::north;
    const auto x_hops = static_cast<std::uint32_t>(std::abs(x));
    const auto y_hops = static_cast<std::uint32_t>(std::abs(y));
    return x_first ? Way{x_port, x_hops, y_port, y_hops, to.port} : Way{y_port, y_hops, x_port, x_hops, to.port};
}

}  // namespace spikefab::noc
