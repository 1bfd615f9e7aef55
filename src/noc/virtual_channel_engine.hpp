// SPDX-License-Identifier: Apache-2.0
// The general engine: virtual channels, packets of many flits, adaptive and multicast routing, every pipeline.
//
// The router is the input-queued one of Dally and Towles ("Principles and Practices of Interconnection Networks", ch. 16)
// with the timing of BookSim2's iq_router (Jiang et al., "A detailed and flexible cycle-accurate network-on-chip
// simulator", ISPASS 2013), so that the two can be compared packet by packet.
#pragma once

#include "noc/engine.hpp"
#include "noc/plan.hpp"
#include "noc/way.hpp"

#include <memory>

namespace spikefab::noc {

[[nodiscard]] std::unique_ptr<Engine> make_virtual_channel_engine(const Plan& plan, Ways ways, Sink& sink);

}  // namespace spikefab::noc
