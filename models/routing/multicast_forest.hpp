// SPDX-License-Identifier: Apache-2.0
// The trees along which multicast packets are copied: for every group and every router on the way, the set of outputs.
#pragma once

#include "models/routing/routing.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace spikefab {

/// A router of one group's tree.
struct Branch {
    RouterId router{};
    PortIndex in_port = 0;    ///< where the packet arrives; at the root the source's own port
    std::uint64_t ports = 0;  ///< outputs that get a copy, bit p = port p
};

/// Shortest-path trees of multicast groups. On a mesh without faults they follow xy, so that a packet waits for the same
/// channels as an xy packet would.
class MulticastForest final {
public:
    /// InputError for two groups with one tag or a destination named twice. A destination with no way to it gets no branch.
    MulticastForest(const Topology& topology, std::span<const MulticastGroup> groups);

    /// The branches of `tag` from the root outwards; none for an unknown tag.
    [[nodiscard]] std::span<const Branch> tree(std::uint32_t tag) const;
    [[nodiscard]] std::vector<std::uint32_t> tags() const;

private:
    struct Parent {
        ChannelId channel;  ///< by which the tree reaches a router; not valid() at the root and beyond reach
    };
    [[nodiscard]] static std::vector<Parent> grow(const Topology& topology, RouterId root);
    [[nodiscard]] static std::vector<Branch> cut(const Topology& topology, const MulticastGroup& group,
                                                 std::span<const Parent> parents);

    std::map<std::uint32_t, std::vector<Branch>> trees_;
};

/// Bits of a header that carries the whole tree, as a source-routed packet must: for every router of the tree, one bit per
/// port, in depth-first order.
[[nodiscard]] std::uint64_t source_route_bits(const Topology& topology, std::span<const Branch> tree);

/// Where each group's packets go from each router, laid out for look-up: the part of it that algorithms share.
class BranchTable final {
public:
    BranchTable(const Topology& topology, const MulticastForest& forest);
    /// The outputs of `tag` at `router`; 0 when its tree does not pass here.
    [[nodiscard]] std::uint64_t ports(RouterId router, std::uint32_t tag) const;

private:
    struct Entry {
        std::uint32_t tag = 0;
        std::uint64_t ports = 0;
    };
    std::vector<std::uint32_t> first_;  ///< [router], and one past the last
    std::vector<Entry> entries_;        ///< sorted by tag within a router
};

}  // namespace spikefab
