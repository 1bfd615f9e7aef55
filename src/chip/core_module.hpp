// SPDX-License-Identifier: Apache-2.0
// The SystemC shell of one digital core: woken once per step, it hands its spikes to the NoC as the NoC takes them.
#pragma once

#include "chip/agenda.hpp"
#include "chip/failure_box.hpp"
#include "chip/noc_module.hpp"
#include "core/core.hpp"
#include "observe/run_observer.hpp"

#include <systemc>

#include <vector>

namespace spikefab {

class CoreModule final : public sc_core::sc_module, public NocClient {
public:
    SC_HAS_PROCESS(CoreModule);
    struct Links {
        NocModule& noc;
        Agenda& agenda;
        RunObserver& observer;
        FailureBox& failure;
        bool delays_from_arrival;
    };

    /// `index` is the core's place in the placement and the agenda.
    CoreModule(const sc_core::sc_module_name& name, std::size_t index, const CoreImage& image, Core core, const Links& links);

    /// Passes that may wait for the spikes of earlier ones to leave, before the chip counts as stuck.
    static constexpr std::size_t most_waiting_passes = 8;

    /// Runs the pass of `step` now, or as soon as the spikes of the passes before have left.
    void begin(std::uint64_t step);
    void reset(std::uint64_t step);
    void enable_learning(bool on) { core_.enable_learning(on); }
    /// Learning at the end of `step`; returns how long it takes.
    [[nodiscard]] Picoseconds learn(std::uint64_t step) { return core_.learn(step); }

    Picoseconds arrive(std::uint32_t source, std::uint64_t data, Picoseconds now) override;
    void departed(Picoseconds now) override;

    /// Tells of the last pass, once its spikes have left; of a core that rests in `step` when that is wanted.
    void report_pass(CycleObserver& watcher, std::uint64_t step);

    [[nodiscard]] const Core& core() const { return core_; }
    [[nodiscard]] const CoreImage& image() const { return image_; }
    [[nodiscard]] CoreId id() const { return image_.core; }
    [[nodiscard]] std::uint64_t overruns() const { return overruns_; }

private:
    void run();
    void start_passes(Picoseconds now);
    void hand_over();
    void tell(CycleObserver& watcher, PassEvent pass);

    // What the network's calls touch stands together, before the core.
    std::size_t index_;
    std::vector<std::uint64_t> waiting_;  ///< steps whose pass has not begun
    const CoreImage& image_;
    Links links_;
    Core core_;
    std::uint64_t overruns_ = 0;
    std::uint64_t told_ = 0;  ///< the step that an observer of cycles was last told of
    std::vector<double> potentials_;
    sc_core::sc_event wake_;
};

}  // namespace spikefab
