// SPDX-License-Identifier: Apache-2.0
// The host at an edge port of the chip, or at a router's port of its own: sends the input's spikes at the start of every step,
// collects the answers.
#pragma once

#include "chip/noc_module.hpp"
#include "core/message.hpp"
#include "observe/activity.hpp"
#include "observe/run_observer.hpp"
#include "plan/core_image.hpp"

#include <systemc>

namespace spikefab {

class HostModule final : public sc_core::sc_module, public NocClient {
public:
    HostModule(const sc_core::sc_module_name& name, const ChipPlan& plan, const Placement& placement, InputSource& input,
               RunObserver& observer, NocModule& noc, ActivityCounts& activity);

    /// Sends the spikes of `step`, which act one step later.
    void send(std::uint64_t step, Picoseconds now);

    Picoseconds arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) override;
    void departed(Picoseconds /*now*/) override {}

    [[nodiscard]] std::uint64_t packets() const { return packets_; }

private:
    EndpointId self_;
    std::uint32_t edge_flits_in_;   ///< of a packet that it sends
    std::uint32_t edge_flits_out_;  ///< of an answer
    Picoseconds first_;
    Picoseconds interval_;
    bool delays_from_arrival_;
    const DestinationTable& destinations_;
    const std::vector<Destination>& rewards_;
    InputSource& input_;
    RunObserver& observer_;
    NocModule& noc_;
    ActivityCounts& activity_;
    std::uint64_t step_ = 0;
    std::uint64_t packets_ = 0;
    Picoseconds next_free_ = 0;
};

}  // namespace spikefab
