// SPDX-License-Identifier: Apache-2.0
// Checking the cores that multicast groups name.
#include "models/routing/multicast_group.hpp"

namespace spikefab {
namespace {

EndpointId require_core(std::uint32_t core, std::uint32_t tag, const Topology& topology) {
    if (core < topology.cores()) return EndpointId{core};
    throw InputError{fmt::format("multicast tag {} names core {}, but the {} has cores 0 to {}", tag, core, topology.family(),
                                 topology.cores() - 1)};
}

}  // namespace

std::vector<MulticastGroup> multicast_groups(std::span<const MulticastGroupOptions> options, const Topology& topology) {
    std::vector<MulticastGroup> groups;
    for (const auto& [tag, source, destinations] : options) {
        MulticastGroup& group = groups.emplace_back(MulticastGroup{.tag = tag, .source = require_core(source, tag, topology)});
        for (const std::uint32_t core : destinations) group.destinations.push_back(require_core(core, tag, topology));
    }
    return groups;
}

}  // namespace spikefab
