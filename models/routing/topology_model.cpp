// SPDX-License-Identifier: Apache-2.0
// Breaking what the fault map names.
#include "models/routing/topology_model.hpp"

namespace spikefab {

Topology finish_with_faults(TopologyBuilder& builder, const Faults& faults) {
    for (const DeadLink& link : faults.links) {
        builder.kill_link(RouterId{link.router}, RouterId{link.neighbour});
        if (link.both_ways) builder.kill_link(RouterId{link.neighbour}, RouterId{link.router});
    }
    for (const std::uint32_t router : faults.routers) builder.kill_router(RouterId{router});
    return builder.finish();
}

}  // namespace spikefab
