// SPDX-License-Identifier: Apache-2.0
// The host's clock of a chip without steps: every period it sends one step of the input and closes a window of observation. The
// chip itself knows nothing of it.
#pragma once

#include "chip/host_module.hpp"
#include "chip/live_core_module.hpp"

#include <systemc>

#include <memory>
#include <vector>

namespace spikefab {

class WindowController final : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(WindowController);
    struct Links {
        const ChipPlan& plan;
        std::vector<std::unique_ptr<LiveCoreModule>>& cores;
        HostModule& host;
        NocModule& noc;
        InputSource& input;
        RunObserver& observer;
        ActivityCounts& activity;
        FailureBox& failure;
    };

    WindowController(const sc_core::sc_module_name& name, const Links& links);

    /// The run ends after so many windows.
    void set_steps(std::uint64_t steps) { last_step_ = steps; }
    [[nodiscard]] std::uint64_t steps_done() const { return step_; }
    [[nodiscard]] Picoseconds end() const { return end_; }

private:
    void advance();
    void close_window(Picoseconds now);
    void open_window(Picoseconds now);

    Links links_;
    std::uint64_t step_ = 0;
    std::uint64_t last_step_ = 0;
    Picoseconds end_ = 0;
    ActivityCounts at_start_;
    noc::Counters noc_before_;
    std::uint64_t wire_before_ = 0;
    std::uint64_t host_packets_before_ = 0;
};

}  // namespace spikefab
