// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of one analog core without steps: it sleeps until the next edge of a pulse or the next predicted spike, and
// plans anew whenever something arrives.
#pragma once

#include "chip/failure_box.hpp"
#include "chip/noc_module.hpp"
#include "core/live_core.hpp"
#include "observe/run_observer.hpp"

#include <systemc>

#include <string>
#include <vector>

namespace spikefab {

/// From a spike to its packets, in picoseconds.
struct SpikeTiming {
    Picoseconds resolution = 1;  ///< spikes are seen at multiples of it
    Picoseconds latency = 0;     ///< from there to the first packet
    Picoseconds interval = 0;    ///< between two packets: the arbiter sends one after the other
};
[[nodiscard]] SpikeTiming spike_timing(const CoreDescription& type);

class LiveCoreModule final : public sc_core::sc_module, public NocClient {
public:
    SC_HAS_PROCESS(LiveCoreModule);
    struct Links {
        NocModule& noc;
        RunObserver& observer;
        FailureBox& failure;
        ActivityCounts& activity;
    };

    LiveCoreModule(const sc_core::sc_module_name& name, const CoreImage& image, LiveCore core, const SpikeTiming& timing,
                   const Links& links);

    Picoseconds arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) override;
    void departed(Picoseconds /*now*/) override {}

    /// The window that spikes are announced under, from now on.
    void begin_window(std::uint64_t step) { step_ = step; }
    /// Everything up to now is done and counted.
    void end_window(Picoseconds now);
    void reset(Picoseconds now);

    [[nodiscard]] const LiveCore& core() const { return core_; }
    [[nodiscard]] CoreId id() const { return image_.core; }

private:
    void run();
    void advance(Picoseconds now);
    void send(const TimedSpike& spike);
    void plan();

    const CoreImage& image_;
    LiveCore core_;
    SpikeTiming timing_;
    Links links_;
    std::uint64_t step_ = 1;
    Picoseconds port_free_ = 0;
    std::vector<TimedSpike> found_;
    std::vector<Spike> fired_;
    sc_core::sc_event wake_;
};

}  // namespace spikefab
