// SPDX-License-Identifier: Apache-2.0
// Follows every route to one destination from all sources at once: who arrives, who gets stuck, which channels are used.
#pragma once

#include "models/routing/channel_dependencies.hpp"
#include "models/routing/depth_first.hpp"

#include <map>
#include <string>
#include <vector>

namespace spikefab {

/// What went wrong on the way, over all destinations looked at.
struct WalkFindings {
    struct Pair {
        EndpointId source;
        EndpointId destination;
    };
    std::vector<Pair> cut_off;                    ///< the first few
    std::uint64_t cut_off_count = 0;              ///< all of them
    std::map<std::string, std::string> mistakes;  ///< kind of mistake -> first example
};

class DestinationWalk final {
public:
    DestinationWalk(const Topology& topology, const RoutingAlgorithm& routing, unsigned vcs);

    /// Routes to `destination` from every one of `sources`; adds what waits for what to `dependencies`.
    void walk(std::span<const EndpointId> sources, EndpointId destination, std::uint32_t choice,
              ChannelDependencies& dependencies, WalkFindings& findings);

private:
    [[nodiscard]] std::uint32_t state_of(const Position& at) const;
    [[nodiscard]] Position position_of(std::uint32_t state) const;
    void reset(EndpointId destination, std::uint32_t choice);
    void start(EndpointId source, DepthFirst& search, WalkFindings& findings);
    void expand(std::uint32_t state, std::vector<std::uint32_t>& next, WalkFindings& findings);
    void follow(const Position& at, const RouteOption& option, const Header& header, std::vector<std::uint32_t>& next,
                WalkFindings& findings);
    void conclude(std::uint32_t state);
    void enter(const Channel& channel, VcMask vcs, const Header& header, std::vector<std::uint32_t>& next);
    void add_dependencies(ChannelDependencies& dependencies) const;
    void mistake(WalkFindings& findings, const std::string& kind, const Position& at, const std::string& what) const;

    const Topology& topology_;
    const RoutingAlgorithm& routing_;
    unsigned vcs_;
    bool by_input_;  ///< a state is a router, port and channel; else a router alone
    bool rewrites_header_;
    bool checks_distance_;                  ///< every hop must bring the packet nearer
    std::vector<RouterId> router_of_port_;  ///< [port offset]
    EndpointId destination_;
    std::uint32_t choice_ = 0;
    Header header_;  ///< of every packet on its way, unless it changes
    bool any_stuck_ = false;
    std::vector<std::uint32_t> visited_;   ///< states in the order they were met
    std::vector<Route> routes_;            ///< [state]
    std::vector<Header> headers_;          ///< [state], where the header changes on the way
    std::vector<bool> stuck_;              ///< [state]: some choice leads to where there is no way on
    std::vector<VcMask> arrivals_;         ///< [port offset]: channels on which packets for the destination arrive
    std::vector<std::uint32_t> distance_;  ///< [router] hops to the destination
};

}  // namespace spikefab
