// SPDX-License-Identifier: Apache-2.0
// Routers made of stages with queues between them, as in RANC: one forwarder per direction and one for the core.
//
// A packet goes through the east or west forwarders until its column is right, then through the north or south ones, then
// through the core's. Each forwarder has one queue per reader behind it (the next router's forwarder, the two forwarders
// across, or the core's), takes a packet of the first of its inputs that has one (traffic passing through first), needs
// `read` cycles to take it out of its queue and `write` to put it into the next one, takes no other meanwhile, and none
// while any of its queues is full. Source: RTL of RANC (Mack et al., "RANC: Reconfigurable Architecture for Neuromorphic
// Computing", IEEE TCAD 40(11), 2021, 10.1109/TCAD.2020.3038151; UA-RCL/RANC 08ae4bd).
#pragma once

#include "noc/engine.hpp"
#include "noc/plan.hpp"

#include <array>
#include <memory>
#include <string_view>

namespace spikefab::noc {

/// The stages of a router; `Observer::hop` reports them as ports.
enum class ForwardStage : std::uint8_t { east, west, north, south, core };
constexpr auto enum_names(ForwardStage) {
    return std::array<std::string_view, 5>{"east", "west", "north", "south", "core"};
}

/// Cycles of one transfer; all at least 1.
struct StageCycles {
    std::uint32_t read = 1;   ///< from the choice of an input until its queue is one shorter
    std::uint32_t write = 1;  ///< from then until the packet is in the next queue, and the stage may choose again
    std::uint32_t entry = 2;  ///< from the cycle in which a core sees room in its queues until its packet is in one
};

/// Whether such routers can make up this network: a whole mesh with one core per router.
[[nodiscard]] bool fits_forwarders(const Topology& topology);

/// `plan.buffer_depth` is the depth of every queue. The topology fits, and packets have one flit.
[[nodiscard]] std::unique_ptr<Engine> make_staged_engine(const Plan& plan, const StageCycles& cycles, Sink& sink);

}  // namespace spikefab::noc
