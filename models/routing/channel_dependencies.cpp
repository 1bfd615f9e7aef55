// SPDX-License-Identifier: Apache-2.0
// Building the channel-dependency graph and looking for cycles in it.
#include "models/routing/channel_dependencies.hpp"

#include "models/routing/depth_first.hpp"

#include <bit>

namespace spikefab {

ChannelDependencies::ChannelDependencies(const Topology& topology, unsigned vcs) : topology_{topology}, vcs_{vcs} {
    std::size_t turns = 0;
    for (std::size_t index = 0; index < topology.routers(); ++index) {
        first_turn_.push_back(turns);
        const std::size_t ports = topology.router(RouterId{index}).network_ports;
        turns += ports * ports;
    }
    asks_.assign(turns * vcs, 0);
}

std::size_t ChannelDependencies::turn(RouterId router, PortIndex in, PortIndex out) const {
    return first_turn_[router.value()] + std::size_t{in} * topology_.router(router).network_ports + out;
}

void ChannelDependencies::add(RouterId router, PortIndex in, VcMask in_vcs, PortIndex out, VcMask out_vcs) {
    if (topology_.is_local(router, in) || topology_.is_local(router, out)) return;
    const std::size_t first = turn(router, in, out) * vcs_;
    for (unsigned left = in_vcs; left != 0; left &= left - 1) {
        VcMask& asked = asks_[first + static_cast<unsigned>(std::countr_zero(left))];
        asked = static_cast<VcMask>(asked | out_vcs);
    }
}

void ChannelDependencies::append_successors(std::uint32_t node, std::vector<std::uint32_t>& next) const {
    const Channel& held = topology_.channel(ChannelId{node / vcs_});
    for (PortIndex out = 0; out < topology_.router(held.to).network_ports; ++out) {
        const ChannelId asked = topology_.channel_out(held.to, out);
        if (!asked.valid()) continue;
        for (unsigned left = asks_[turn(held.to, held.to_port, out) * vcs_ + node % vcs_]; left != 0; left &= left - 1)
            next.push_back(this->node(asked, static_cast<unsigned>(std::countr_zero(left))));
    }
}

std::vector<std::uint32_t> ChannelDependencies::find_cycle() const {
    const std::size_t nodes = topology_.channels().size() * vcs_;
    DepthFirst search{nodes};
    for (std::uint32_t root = 0; root < nodes; ++root) {
        auto cycle =
            search.visit(root, [this](std::uint32_t node, std::vector<std::uint32_t>& next) { append_successors(node, next); });
        if (!cycle.empty()) return cycle;
    }
    return {};
}

std::uint64_t ChannelDependencies::edges() const {
    std::uint64_t count = 0;
    for (const VcMask asked : asks_) count += static_cast<unsigned>(std::popcount(asked));
    return count;
}

std::string ChannelDependencies::describe(std::span<const std::uint32_t> nodes) const {
    constexpr std::size_t shown = 16;
    std::string text;
    for (std::size_t index = 0; index < std::min(nodes.size(), shown); ++index)
        text += fmt::format("\n    {}, channel {}", topology_.name(ChannelId{nodes[index] / vcs_}), nodes[index] % vcs_);
    if (nodes.size() > shown) text += fmt::format("\n    ... and {} more", nodes.size() - shown);
    return text;
}

}  // namespace spikefab
