// SPDX-License-Identifier: Apache-2.0
// Following multicast copies.
#include "models/routing/multicast_walk.hpp"

#include <bit>
#include <map>
#include <set>

namespace spikefab {
namespace {

using PortKey = std::pair<std::uint32_t, PortIndex>;  // router and port

class MulticastWalk final {
public:
    MulticastWalk(const Topology& topology, const RoutingAlgorithm& routing, const MulticastGroup& group, unsigned vcs)
        : topology_{topology}, routing_{routing}, group_{group}, vcs_{all_vcs(vcs)} {}

    void run(ChannelDependencies& dependencies, WalkFindings& findings) {
        const Endpoint& source = topology_.endpoint(group_.source);
        copies_.push_back({.router = source.router, .in_port = source.port});
        arrived_.insert({source.router.value(), source.port});
        while (!copies_.empty()) {
            const Position at = copies_.back();
            copies_.pop_back();
            expand(at, dependencies, findings);
        }
        compare(findings);
    }

private:
    void expand(const Position& at, ChannelDependencies& dependencies, WalkFindings& findings) {
        Route route;
        routing_.route(at, {.source = group_.source, .tag = group_.tag}, route);
        for (const RouteOption& option : route.choices()) take(at, option.port, option.vcs, dependencies, findings);
        for (std::uint64_t left = route.copies; left != 0; left &= left - 1)
            take(at, static_cast<PortIndex>(std::countr_zero(left)), route.copy_vcs, dependencies, findings);
    }

    void take(const Position& at, PortIndex port, VcMask vcs, ChannelDependencies& dependencies, WalkFindings& findings) {
        const ChannelId out = topology_.channel_out(at.router, port);
        if (!out.valid()) {
            ++delivered_[{at.router.value(), port}];
            return;
        }
        dependencies.add(at.router, at.in_port, vcs_, port, static_cast<VcMask>(vcs & vcs_));
        const Channel& channel = topology_.channel(out);
        if (!arrived_.insert({channel.to.value(), channel.to_port}).second)
            return mistake(findings, "circle", fmt::format("copies come to {} twice", topology_.name(channel.to)));
        copies_.push_back({.router = channel.to, .in_port = channel.to_port});
    }

    void compare(WalkFindings& findings) {
        for (const EndpointId destination : group_.destinations) {
            const Endpoint& endpoint = topology_.endpoint(destination);
            const auto found = delivered_.find({endpoint.router.value(), endpoint.port});
            if (found == delivered_.end()) {
                ++findings.cut_off_count;
                findings.cut_off.push_back({group_.source, destination});
                continue;
            }
            if (found->second != 1)
                mistake(findings, "too many copies",
                        fmt::format("{} gets {} copies", topology_.name(destination), found->second));
            delivered_.erase(found);
        }
        if (!delivered_.empty()) {
            const auto& [port, copies] = *delivered_.begin();
            mistake(findings, "wrong copy",
                    fmt::format("a copy leaves by port {} of {}, where no destination is", port.second,
                                topology_.name(RouterId{port.first})));
        }
    }

    void mistake(WalkFindings& findings, const std::string& kind, const std::string& what) const {
        findings.mistakes.try_emplace(
            "multicast " + kind, fmt::format("multicast tag {} from {}: {}", group_.tag, topology_.name(group_.source), what));
    }

    const Topology& topology_;
    const RoutingAlgorithm& routing_;
    const MulticastGroup& group_;
    VcMask vcs_;
    std::vector<Position> copies_;
    std::set<PortKey> arrived_;
    std::map<PortKey, int> delivered_;
};

}  // namespace

void walk_multicast(const Topology& topology, const RoutingAlgorithm& routing, const MulticastGroup& group, unsigned vcs,
                    ChannelDependencies& dependencies, WalkFindings& findings) {
    MulticastWalk{topology, routing, group, vcs}.run(dependencies, findings);
}

}  // namespace spikefab
