// SPDX-License-Identifier: Apache-2.0
// What all routing algorithms share: refusing what they cannot be built for, and keeping off what is dead.
#include "models/routing/routing.hpp"

#include <algorithm>
#include <bit>

namespace spikefab {
namespace {

bool is_dead(const Topology& topology, RouterId router, PortIndex port) {
    const ChannelId channel = topology.channel_out(router, port);
    return topology.router(router).dead || (channel.valid() && topology.channel(channel).dead);
}

}  // namespace

void require_vcs(unsigned vcs, unsigned least, std::string_view algorithm) {
    if (vcs < 1 || vcs > vc_limit)
        throw InputError{fmt::format("{} virtual channels are not possible: give 1 to {}", vcs, vc_limit)};
    if (vcs < least)
        throw InputError{
            fmt::format("routing '{}' needs {} virtual channels to be free of deadlock, but there {} {}; raise "
                        "virtual_channels",
                        algorithm, least, vcs == 1 ? "is" : "are", vcs)};
}

void remove_dead(const Topology& topology, RouterId router, Route& route) {
    std::uint8_t kept = 0;
    for (std::uint8_t option = 0; option < route.count; ++option)
        if (!is_dead(topology, router, route.options[option].port)) route.options[kept++] = route.options[option];
    route.count = kept;
    for (std::uint64_t left = route.copies; left != 0; left &= left - 1) {
        const auto port = static_cast<PortIndex>(std::countr_zero(left));
        if (is_dead(topology, router, port)) route.copies &= ~(std::uint64_t{1} << port);
    }
}

}  // namespace spikefab
