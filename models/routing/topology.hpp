// SPDX-License-Identifier: Apache-2.0
// The shape of a NoC as plain data: routers, their ports, the channels between them, where the cores sit, what is dead.
//
// Ports. A router has `network_ports` ports, numbered from 0, and after them `local_ports` ports, one per core. Port p is
// an input and an output. On grids the network ports are east 0, west 1, north 2, south 3 on every router; y grows north
// and router id = y * width + x. A network port that no channel uses is an edge port: a link to another chip may sit there.
//
// Endpoints. Endpoint e < cores() is core e: cores are numbered router by router. After them come the edge ports, so that
// a packet for a neighbouring chip is routed like any other and leaves by the edge port. Where no edge port is at hand a
// router can be given a host port: a local port behind its cores, whose endpoint comes last.
#pragma once

#include "base/ids.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

enum class Direction : std::uint8_t { local, east, west, north, south, other };
constexpr auto enum_names(Direction) {
    return std::array<std::string_view, 6>{"local", "east", "west", "north", "south", "other"};
}

using EndpointId = Id<struct EndpointTag>;  ///< a core (below Topology::cores()), an edge port or a host port
using ChannelId = Id<struct ChannelTag>;    ///< a one-way link between two routers
using PortIndex = std::uint8_t;             ///< a port of one router

inline constexpr unsigned port_limit = 64;  ///< ports of one router, so that a set of ports is one 64-bit word

namespace grid_port {
inline constexpr PortIndex east = 0, west = 1, north = 2, south = 3, count = 4;
}

/// A one-way link. Traffic on `from_port` of `from` arrives on `to_port` of `to`.
struct Channel {
    RouterId from{};
    RouterId to{};
    PortIndex from_port = 0;
    PortIndex to_port = 0;
    Direction direction = Direction::other;
    bool dead = false;
    float length = 1.0F;  ///< in pitches: distances between neighbouring routers
};

struct Router {
    std::int32_t x = 0;      ///< column, or place within the level of a tree
    std::int32_t y = 0;      ///< row (north is up), or 0
    std::int32_t level = 0;  ///< height above the leaves in trees, else 0
    PortIndex network_ports = 0;
    PortIndex local_ports = 0;  ///< of cores
    PortIndex host_ports = 0;
    bool dead = false;
};

/// Where a core, an edge port or a host port hangs: packets enter and leave by `port` of `router`.
struct Endpoint {
    RouterId router{};
    PortIndex port = 0;
    Direction direction = Direction::local;  ///< of an edge port: which side of the chip
};

/// Size of a grid; no grid when width is 0. A wrapped dimension closes into a ring.
struct GridShape {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool wrap_x = false;
    bool wrap_y = false;
    [[nodiscard]] bool exists() const { return width != 0; }
};

/// A tree or fat tree; no tree when `arity` is empty. Level 0 routers carry the cores.
struct TreeShape {
    enum class Kind { tree, fat_tree };
    Kind kind = Kind::tree;
    std::vector<std::uint32_t> arity{};  ///< children of a router of level 1, 2, ...
    std::uint32_t roots_x = 1;           ///< the roots of several trees form a mesh
    std::uint32_t roots_y = 1;
    [[nodiscard]] bool exists() const { return !arity.empty(); }
};

/// What a topology is made of; TopologyBuilder fills it.
struct TopologyParts {
    std::string family{};
    GridShape grid{};
    TreeShape tree{};
    std::vector<Router> routers{};
    std::vector<Channel> channels{};
};

/// Immutable. Every question the engine asks in a cycle is one array access.
class Topology final {
public:
    explicit Topology(TopologyParts parts);

    /// Name of the model that built it: "mesh", "torus", ...
    [[nodiscard]] const std::string& family() const { return parts_.family; }
    [[nodiscard]] const GridShape& grid() const { return parts_.grid; }
    [[nodiscard]] const TreeShape& tree() const { return parts_.tree; }

    [[nodiscard]] std::size_t routers() const { return parts_.routers.size(); }
    [[nodiscard]] const Router& router(RouterId id) const { return parts_.routers[id.value()]; }
    [[nodiscard]] unsigned ports(RouterId id) const {
        return router(id).network_ports + 0U + router(id).local_ports + router(id).host_ports;
    }
    [[nodiscard]] bool is_local(RouterId id, PortIndex port) const { return port >= router(id).network_ports; }

    [[nodiscard]] std::span<const Channel> channels() const { return parts_.channels; }
    [[nodiscard]] const Channel& channel(ChannelId id) const { return parts_.channels[id.value()]; }
    /// The channel that leaves by `port`; not valid() for local and edge ports.
    [[nodiscard]] ChannelId channel_out(RouterId id, PortIndex port) const { return out_[port_offset(id, port)]; }
    /// The channel that arrives at `port`; not valid() for local and edge ports.
    [[nodiscard]] ChannelId channel_in(RouterId id, PortIndex port) const { return in_[port_offset(id, port)]; }
    /// Index of `port` of router `id` in an array over all ports of all routers (total_ports() of them).
    [[nodiscard]] std::uint32_t port_offset(RouterId id, PortIndex port) const { return first_port_[id.value()] + port; }
    [[nodiscard]] std::uint32_t total_ports() const { return first_port_.back(); }

    [[nodiscard]] std::span<const Endpoint> endpoints() const { return endpoints_; }
    [[nodiscard]] const Endpoint& endpoint(EndpointId id) const { return endpoints_[id.value()]; }
    [[nodiscard]] const Endpoint& endpoint(CoreId id) const { return endpoints_[id.value()]; }
    [[nodiscard]] std::size_t cores() const { return cores_; }
    /// True when the router it hangs on is dead.
    [[nodiscard]] bool dead(EndpointId id) const { return router(endpoint(id).router).dead; }
    [[nodiscard]] std::size_t edge_ports() const { return edge_ports_; }

    /// The same topology with a host port at `router`. InputError when the router is dead or has no room for a port.
    [[nodiscard]] Topology with_host_port(RouterId router) const;
    /// Where a host at `router` sits: its west edge port, else its first, else its host port; not valid() without any.
    [[nodiscard]] EndpointId host_at(RouterId router) const;

    /// True when a channel or a router is dead.
    [[nodiscard]] bool faulty() const { return faulty_; }

    /// For messages: "router 12 (x 4, y 1)", "router 12 (x 4, y 1) -> east -> router 13 (x 5, y 1)", "core 7".
    [[nodiscard]] std::string name(RouterId id) const;
    [[nodiscard]] std::string name(ChannelId id) const;
    [[nodiscard]] std::string name(EndpointId id) const;

private:
    void index_channels();
    void hand_out_endpoints();

    TopologyParts parts_;
    std::vector<std::uint32_t> first_port_;  ///< of each router, and one past the last
    std::vector<ChannelId> out_;
    std::vector<ChannelId> in_;
    std::vector<Endpoint> endpoints_;
    std::size_t cores_ = 0;
    std::size_t edge_ports_ = 0;
    bool faulty_ = false;
};

/// Puts a topology together: routers first, then links, then faults.
class TopologyBuilder final {
public:
    explicit TopologyBuilder(std::string_view family) { parts_.family = family; }

    TopologyBuilder& grid(GridShape shape);
    TopologyBuilder& tree(TreeShape shape);
    /// Adds a router with `network_ports` ports for links and one local port for each of `cores` cores.
    /// InputError when it would have more than port_limit ports.
    RouterId add_router(std::uint32_t network_ports, std::uint32_t cores, std::int32_t x, std::int32_t y,
                        std::int32_t level = 0);
    /// One way. Both ports must be network ports that are still free in that direction.
    TopologyBuilder& connect(Channel channel);
    /// Both ways between the same two ports; `there` is the direction from a to b.
    TopologyBuilder& link(RouterId a, PortIndex port_a, RouterId b, PortIndex port_b, Direction there, Direction back,
                          float length = 1.0F);
    /// Marks every channel from `a` to `b` dead; InputError when there is none.
    TopologyBuilder& kill_link(RouterId a, RouterId b);
    /// Marks a router and every channel that touches it dead; InputError when it does not exist.
    TopologyBuilder& kill_router(RouterId router);
    [[nodiscard]] Topology finish() const { return Topology{parts_}; }

private:
    void require_router(RouterId router) const;

    TopologyParts parts_;
};

}  // namespace spikefab
