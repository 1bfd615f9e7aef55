// SPDX-License-Identifier: Apache-2.0
// What a chip announces while it runs. Traces, statistics and progress subscribe; every hook is empty by default.
#pragma once

#include "models/column/timed_spike.hpp"
#include "models/neuron/neuron_model.hpp"
#include "observe/activity.hpp"

#include <cstdint>
#include <span>

namespace spikefab {

namespace noc {
class PacketLog;
}

struct CoreImage;

/// One time step of the whole chip. Times are picoseconds since the start of the run.
struct StepEvent {
    std::uint64_t step = 0;  ///< counts from 1
    std::int64_t start = 0;
    std::int64_t busy_until = 0;  ///< when cores and network were done; the rest of the step is waiting
    std::int64_t end = 0;
    std::int64_t learning = 0;  ///< how long the learning engines worked at its end, in `busy_until`
    std::uint64_t spikes = 0;
    std::uint64_t packets = 0;       ///< sent by cores and host
    std::uint32_t busiest_core = 0;  ///< the one that was done last
    ActivityCounts activity{};       ///< what happened in this step
};

/// What a core left behind at the end of a pass: one value per neuron. Times are when each neuron was written, its wait for
/// the network included; there are none for a core that rested in the step.
struct PassEvent {
    std::uint64_t step = 0;
    std::span<const double> potentials;
    std::span<const std::int64_t> times;
    std::span<const Spike> spikes;  ///< rising
};

/// What happens inside a step, event by event. Times are picoseconds since the start of the run; endpoints are cores and
/// edge ports by their number in the topology; `data` is what the packet carries (core/message.hpp).
class CycleObserver {
public:
    virtual ~CycleObserver() = default;
    /// Told once for every pass, when its last spike has left the core. A pass that still sends when the neurons are reset
    /// or the run ends is not told.
    virtual void pass_done(const CoreImage& /*core*/, const PassEvent& /*pass*/) {}
    /// True: `pass_done` is also told of the cores that had nothing to do in a step.
    [[nodiscard]] virtual bool wants_resting_cores() const { return false; }
    virtual void injected(std::uint32_t /*source*/, std::uint32_t /*destination*/, std::uint64_t /*data*/,
                          std::int64_t /*time*/) {}
    virtual void hop(std::uint32_t /*router*/, std::uint32_t /*port*/, std::uint32_t /*destination*/, std::uint64_t /*data*/,
                     std::int64_t /*time*/) {}
    /// A stage of a router stood still after it had passed on the packet (noc/packet.hpp, Observer::stalled).
    virtual void stalled(std::uint32_t /*router*/, std::uint32_t /*port*/, std::uint32_t /*destination*/,
                         std::uint64_t /*data*/, std::int64_t /*first*/, std::int64_t /*last*/) {}
    /// Analog neurons of a chip without steps that reached their thresholds, in order, to all digits of their times.
    virtual void crossed(const CoreImage& /*core*/, std::span<const TimedSpike> /*spikes*/) {}
    virtual void delivered(std::uint32_t /*source*/, std::uint32_t /*destination*/, std::uint64_t /*data*/,
                           std::int64_t /*time*/) {}
};

class RunObserver {
public:
    virtual ~RunObserver() = default;
    /// Input neurons whose spikes the host sends in `step`, rising; step 0 is before the first.
    virtual void input_sent(std::uint64_t /*step*/, std::span<const std::uint32_t> /*neurons*/) {}
    /// The neurons of `core` that fired in `step`, rising.
    virtual void fired(std::uint64_t /*step*/, const CoreImage& /*core*/, std::span<const Spike> /*spikes*/) {}
    /// A spike of the output population, neuron `neuron`, fired in `step`, reached the host.
    virtual void answered(std::uint64_t /*step*/, std::uint32_t /*neuron*/, std::int32_t /*payload*/) {}
    virtual void step_done(const StepEvent& /*event*/) {}
    /// Who wants to know what happens inside steps; asked once, before the first.
    [[nodiscard]] virtual CycleObserver* cycles() { return nullptr; }
    /// Who wants to know what became of every packet (noc/packet_log.hpp); asked once, before the first step.
    [[nodiscard]] virtual noc::PacketLog* packets() { return nullptr; }
    /// Asked after every step; true ends the run there.
    [[nodiscard]] virtual bool stop_requested() { return false; }
};

/// Where input spikes come from. Steps count from 1.
class InputSource {
public:
    virtual ~InputSource() = default;
    /// Input neurons that send a spike in `step`, rising; valid until the next call.
    [[nodiscard]] virtual std::span<const std::uint32_t> spikes(std::uint64_t step) = 0;
    /// True when all neurons start from their initial state in `step`.
    [[nodiscard]] virtual bool resets_before(std::uint64_t step) = 0;
    /// True when learning rules act in `step`.
    [[nodiscard]] virtual bool learns(std::uint64_t /*step*/) { return true; }
    /// The reward that all cores which learn by one are sent in `step`; 0: none.
    [[nodiscard]] virtual std::int32_t reward(std::uint64_t /*step*/) { return 0; }
};

}  // namespace spikefab
