// SPDX-License-Identifier: Apache-2.0
// The times of a NoC in engine ticks: all that the engines know of clocks, pipelines and asynchronous stages.
#pragma once

#include "noc/fabric.hpp"
#include "noc/packet.hpp"

#include <array>
#include <cstdint>

namespace spikefab::noc {

/// What one hop over a link of one kind takes, in ticks; every one is at least 1.
struct HopTimes {
    std::uint32_t latency = 1;    ///< from the switch grant in one router to the earliest grant in the next
    std::uint32_t occupancy = 1;  ///< from one flit on the link to the next
    std::uint32_t credit = 1;     ///< from the grant that frees a buffer place until the sender may use that place
};

struct Timing {
    std::array<HopTimes, hop_kinds> hop{};  ///< by HopKind
    std::uint32_t injection_latency = 0;    ///< from leaving the source's queue to the earliest grant
    std::uint32_t injection_occupancy = 1;  ///< from one flit of a source to its next

    [[nodiscard]] const HopTimes& of(HopKind kind) const { return hop[index_of(kind)]; }
    [[nodiscard]] std::uint32_t longest() const;
    /// True when every occupancy is one tick: a clocked NoC.
    [[nodiscard]] bool single_cycle() const;
};

}  // namespace spikefab::noc
