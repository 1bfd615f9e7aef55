// SPDX-License-Identifier: Apache-2.0
// The NoC's own counts as activities of the chip.
#pragma once

#include "noc/statistics.hpp"
#include "observe/activity.hpp"

namespace spikefab {

inline void record_noc_events(const noc::Counters& passed, ActivityCounts& activity) {
    const auto hops = [&](noc::HopKind direction) { return passed.hops[noc::index_of(direction)]; };
    activity.record(Activity::hop_inside_tile, hops(noc::HopKind::inside_tile));
    activity.record(Activity::hop_east_west, hops(noc::HopKind::east_west));
    activity.record(Activity::hop_north_south, hops(noc::HopKind::north_south));
    activity.record(Activity::hop_other, hops(noc::HopKind::other));
    activity.record(Activity::router_visit, passed.router_visits);
    activity.record(Activity::buffer_write, passed.buffer_writes);
    activity.record(Activity::buffer_read, passed.buffer_reads);
    activity.record(Activity::allocation, passed.allocations);
    activity.record(Activity::crossbar_traversal, passed.crossbar_traversals);
}

}  // namespace spikefab
