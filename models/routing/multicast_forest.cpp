// SPDX-License-Identifier: Apache-2.0
// Growing multicast trees.
#include "models/routing/multicast_forest.hpp"

#include <algorithm>
#include <set>

namespace spikefab {

/// Breadth-first search from the root. Taking ports in rising order, east and west before north and south, it reaches
/// every router of a mesh by its xy path.
std::vector<MulticastForest::Parent> MulticastForest::grow(const Topology& topology, RouterId root) {
    std::vector<Parent> parents(topology.routers());
    std::vector<bool> met(topology.routers(), false);
    std::vector<RouterId> front{root};
    met[root.value()] = true;
    for (std::size_t next = 0; next < front.size(); ++next) {
        for (PortIndex port = 0; port < topology.router(front[next]).network_ports; ++port) {
            const ChannelId out = topology.channel_out(front[next], port);
            if (!out.valid() || topology.channel(out).dead) continue;
            const RouterId child = topology.channel(out).to;
            if (met[child.value()]) continue;
            met[child.value()] = true;
            parents[child.value()].channel = out;
            front.push_back(child);
        }
    }
    return parents;
}

std::vector<Branch> MulticastForest::cut(const Topology& topology, const MulticastGroup& group,
                                         std::span<const Parent> parents) {
    const Endpoint& source = topology.endpoint(group.source);
    std::map<RouterId, Branch> branches{{source.router, {source.router, source.port, 0}}};
    std::set<EndpointId> seen;
    for (const EndpointId destination : group.destinations) {
        if (!seen.insert(destination).second)
            throw InputError{
                fmt::format("multicast tag {} names {} twice: name it once", group.tag, topology.name(destination))};
        const Endpoint& end = topology.endpoint(destination);
        const bool reached = end.router == source.router || parents[end.router.value()].channel.valid();
        if (!reached) continue;  // the check before a run names it as cut off
        std::uint64_t port = std::uint64_t{1} << end.port;
        for (RouterId router = end.router;;) {
            const ChannelId in = router == source.router ? ChannelId{} : parents[router.value()].channel;
            Branch& branch = branches[router];
            const bool known = branch.ports != 0;
            branch.ports |= port;
            if (router == source.router) break;
            branch.router = router;
            branch.in_port = topology.channel(in).to_port;
            if (known) break;
            router = topology.channel(in).from;
            port = std::uint64_t{1} << topology.channel(in).from_port;
        }
    }
    std::vector<Branch> tree;
    for (const auto& [router, branch] : branches) tree.push_back(branch);
    std::partition(tree.begin(), tree.end(), [&](const Branch& branch) { return branch.router == source.router; });
    return tree;
}

MulticastForest::MulticastForest(const Topology& topology, std::span<const MulticastGroup> groups) {
    std::map<RouterId, std::vector<Parent>> grown;
    for (const MulticastGroup& group : groups) {
        const RouterId root = topology.endpoint(group.source).router;
        const auto found = grown.find(root);
        const auto& parents = found != grown.end() ? found->second : grown.emplace(root, grow(topology, root)).first->second;
        if (!trees_.emplace(group.tag, cut(topology, group, parents)).second)
            throw InputError{fmt::format("two multicast groups have tag {}: give each its own", group.tag)};
    }
}

std::span<const Branch> MulticastForest::tree(std::uint32_t tag) const {
    const auto found = trees_.find(tag);
    return found == trees_.end() ? std::span<const Branch>{} : found->second;
}

std::vector<std::uint32_t> MulticastForest::tags() const {
    std::vector<std::uint32_t> all;
    for (const auto& [tag, tree] : trees_) all.push_back(tag);
    return all;
}

std::uint64_t source_route_bits(const Topology& topology, std::span<const Branch> tree) {
    std::uint64_t bits = 0;
    for (const Branch& branch : tree) bits += topology.ports(branch.router);
    return bits;
}

BranchTable::BranchTable(const Topology& topology, const MulticastForest& forest) : first_(topology.routers() + 1, 0) {
    const auto tags = forest.tags();
    for (const std::uint32_t tag : tags)
        for (const Branch& branch : forest.tree(tag)) ++first_[branch.router.value() + 1];
    for (std::size_t router = 0; router < topology.routers(); ++router) first_[router + 1] += first_[router];
    entries_.resize(first_.back());
    std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
    for (const std::uint32_t tag : tags)
        for (const Branch& branch : forest.tree(tag)) entries_[next[branch.router.value()]++] = {tag, branch.ports};
}

std::uint64_t BranchTable::ports(RouterId router, std::uint32_t tag) const {
    const auto begin = entries_.begin() + first_[router.value()];
    const auto end = entries_.begin() + first_[router.value() + 1];
    const auto found = std::ranges::lower_bound(begin, end, tag, {}, &Entry::tag);
    return found != end && found->tag == tag ? found->ports : 0;
}

}  // namespace spikefab
