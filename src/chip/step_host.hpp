// SPDX-License-Identifier: Apache-2.0
// The host of an event-driven chip in an experiment: it shows an input step by step, as spikes on the bus and, at the end of
// every step, a time reference for all neurons. The steps are the host's; the chip knows events only.
#pragma once

#include "chip/event_chip.hpp"
#include "observe/run_observer.hpp"
#include "plan/bus_code.hpp"
#include "plan/chip_plan.hpp"

#include <vector>

namespace spikefab {

class StepHost final : public BusHost {
public:
    /// References must outlive the host. InputError when the bus cannot name an input, or has no time reference for all.
    StepHost(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer);

    /// The chip, once it is built; before the run.
    void attach(EventCore& core, ActivityCounts& activity);
    /// The run ends after so many steps.
    void set_steps(std::uint64_t steps) { last_step_ = steps; }
    [[nodiscard]] std::uint64_t steps_done() const { return steps_done_; }
    [[nodiscard]] Picoseconds end() const { return end_; }

    [[nodiscard]] std::optional<Request> next(Picoseconds earliest) override;
    [[nodiscard]] bool goes_on(Picoseconds time) override;
    void fired(std::span<const Spike> spikes) override;
    void received(std::uint32_t neuron, Picoseconds time) override;

private:
    void add_input_addresses(const BusCode& code, const ChipPlan& plan, const DestinationTable& inputs);
    void add_teacher_addresses(const BusCode& code, const EventController& controller, const Placement& placement);
    void begin_step();
    void add_addresses(std::size_t input, std::vector<std::uint32_t>::const_iterator place);
    void finish_step(Picoseconds time);

    const CoreImage& image_;
    InputSource& input_;
    RunObserver& observer_;
    Picoseconds tick_;
    Picoseconds first_;
    Picoseconds interval_;
    std::vector<std::vector<std::uint32_t>> addresses_of_input_;  ///< neurons of the input, then the teacher's lines
    std::size_t pixels_ = 0;                                      ///< of them: neurons of the input
    std::uint32_t time_reference_ = 0;

    EventCore* core_ = nullptr;
    ActivityCounts* activity_ = nullptr;
    ActivityCounts at_start_;
    std::uint64_t step_ = 0;
    std::uint64_t last_step_ = 0;
    std::uint64_t steps_done_ = 0;
    Picoseconds start_ = 0;
    Picoseconds end_ = 0;
    Picoseconds bus_free_ = 0;
    std::vector<std::uint32_t> addresses_;  ///< of this step
    std::size_t sent_ = 0;
};

}  // namespace spikefab
