// SPDX-License-Identifier: Apache-2.0
// A chip of one core that works event by event behind an input and an output bus: events in time, no steps, no network.
// This shell is for digital cores under a controller (ODIN); SystemC stays behind it.
#pragma once

#include "core/event_core.hpp"
#include "plan/chip_plan.hpp"

#include <limits>
#include <memory>
#include <optional>

namespace spikefab {

/// Who raises requests on the input bus and takes the spikes of the output bus.
class BusHost {
public:
    struct Request {
        std::uint32_t address = 0;
        Picoseconds time = 0;
    };

    virtual ~BusHost() = default;
    /// The next request, not before `earliest`; nothing when none is to come before the chip is idle. Asked while no request
    /// is under way.
    [[nodiscard]] virtual std::optional<Request> next(Picoseconds earliest) = 0;
    /// Everything asked for is done at `time`; false ends the run.
    [[nodiscard]] virtual bool goes_on(Picoseconds time) = 0;
    /// Neurons that fired in one event, and spikes on the output bus.
    virtual void fired(std::span<const Spike> /*spikes*/) {}
    virtual void received(std::uint32_t /*neuron*/, Picoseconds /*time*/) {}
    /// The run ends at the first event that would begin later.
    [[nodiscard]] virtual Picoseconds horizon() const { return std::numeric_limits<Picoseconds>::max(); }
};

/// SystemC has one kernel per process: only one chip can be made in a process.
class EventChip final {
public:
    /// References must outlive the chip; `watcher` may be null. InputError when the placement does not fit the core.
    EventChip(const ChipPlan& plan, const Placement& placement, BusHost& host, EventObserver* watcher);
    ~EventChip();
    EventChip(const EventChip&) = delete;
    EventChip& operator=(const EventChip&) = delete;

    /// Runs until the host ends it. SimulationError when the core's own spikes keep it from ever being idle.
    void run();

    [[nodiscard]] EventCore& core() const;
    [[nodiscard]] ActivityCounts& activity() const;
    /// What spikes did to the weights of plastic synapses, a sentence; empty where none is plastic.
    [[nodiscard]] std::string what_was_learned() const;
    /// The clock of the core.
    [[nodiscard]] Picoseconds clock_period() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace spikefab
