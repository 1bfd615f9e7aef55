// SPDX-License-Identifier: Apache-2.0
// Multicast groups as a person writes them in YAML: `multicast: [{tag: 7, source: 0, destinations: [3, 5]}]`.
#pragma once

#include "models/routing/routing.hpp"

#include <span>
#include <vector>

namespace spikefab {

struct MulticastGroupOptions {
    std::uint32_t tag = 0;
    std::uint32_t source = 0;
    std::vector<std::uint32_t> destinations{};
    static constexpr auto fields = std::tuple{
        field("tag", &MulticastGroupOptions::tag, {0, 4294967294.0}, "key that the packets of this group carry").required(),
        field("source", &MulticastGroupOptions::source, "core that sends them").required(),
        field("destinations", &MulticastGroupOptions::destinations, "cores that get one copy each").required()};
};

/// The groups as routing wants them. InputError for a core that `topology` does not have.
[[nodiscard]] std::vector<MulticastGroup> multicast_groups(std::span<const MulticastGroupOptions> options,
                                                           const Topology& topology);

}  // namespace spikefab
