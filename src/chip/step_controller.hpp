// SPDX-License-Identifier: Apache-2.0
// Begins and ends time steps: after a fixed period (tick), or when cores and network are done (barrier).
#pragma once

#include "chip/core_module.hpp"
#include "chip/host_module.hpp"

#include <systemc>

#include <vector>

namespace spikefab {

class StepController final : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(StepController);
    struct Links {
        const ChipPlan& plan;
        std::vector<std::unique_ptr<CoreModule>>& cores;
        HostModule& host;
        NocModule& noc;
        Agenda& agenda;
        InputSource& input;
        RunObserver& observer;
        ActivityCounts& activity;
        FailureBox& failure;
    };

    StepController(const sc_core::sc_module_name& name, const Links& links);

    /// The run ends after so many steps.
    void set_steps(std::uint64_t steps) { last_step_ = steps; }
    [[nodiscard]] std::uint64_t steps_done() const { return steps_done_; }
    [[nodiscard]] Picoseconds end() const { return end_; }

private:
    enum class Phase { begin, compute, settle, finish };

    void advance();
    void begin_step();
    void start_network();
    void measure_barrier();
    void lead_in();
    void finish_step();
    void reset_cores();
    [[nodiscard]] Picoseconds learn();
    [[nodiscard]] Picoseconds busy_until(std::uint32_t& busiest) const;
    void report_passes();
    void count_step();
    void count_barrier();

    Links links_;
    bool ticks_;
    bool wakes_all_;
    bool leads_in_;              ///< a period without a step, for the host's first spikes, is still to come
    Picoseconds idle_pass_ = 0;  ///< the longest pass of a core without anything to do
    std::uint32_t idle_pass_core_ = 0;
    noc::BarrierWave barrier_;
    std::uint64_t mapped_neurons_ = 0;
    std::uint64_t scanned_rows_ = 0;  ///< per step, by cores that scan

    Phase phase_ = Phase::begin;
    std::uint64_t step_ = 0;
    std::uint64_t last_step_ = 0;
    std::uint64_t steps_done_ = 0;
    Picoseconds start_ = 0;
    Picoseconds end_ = 0;
    std::vector<std::size_t> woken_;
    std::vector<std::size_t> learners_;  ///< cores that learn
    bool learns_ = true;
    ActivityCounts at_start_;
    noc::Counters noc_before_;
    std::uint64_t wire_before_ = 0;
    std::uint64_t host_packets_before_ = 0;
};

}  // namespace spikefab
