// SPDX-License-Identifier: Apache-2.0
// Building the modules of a chip and running them.
#include "chip/chip.hpp"

#include "base/error.hpp"
#include "chip/clock.hpp"
#include "chip/event_chip.hpp"
#include "chip/gather_learned.hpp"
#include "chip/step_controller.hpp"
#include "chip/step_host.hpp"
#include "chip/window_controller.hpp"
#include "core/analog_function.hpp"
#include "core/core_settings.hpp"
#include "core/learner.hpp"

#include <fmt/format.h>
#include <systemc>

/// SystemC's library wants this entry point; the simulator has its own main() and starts the kernel itself.
int sc_main(int /*argc*/, char* /*argv*/[]) {
    return 0;
}

namespace spikefab {
namespace {

/// Passes of a tick chip may begin late, and are then still written to.
[[nodiscard]] std::uint32_t slack(const ChipPlan& plan) {
    const bool ticks = plan.description().synchronisation == Synchronisation::tick;
    return ticks ? static_cast<std::uint32_t>(CoreModule::most_waiting_passes) + 1 : 0;
}

/// What all analog cores together took to load.
struct Loading {
    ProgrammingTotals programming;
    std::size_t arrays = 0;
};

/// What `make` makes for a core; its errors say which core that is.
template <class Make>
[[nodiscard]] auto make_named(const ChipPlan& plan, CoreId core, Make make) {
    try {
        return make();
    } catch (const InputError& error) {
        throw InputError{fmt::format("chip '{}': cores.{} (core {}): {}", plan.name(), plan.core_type_name(core), core.value(),
                                     error.what())};
    }
}

[[nodiscard]] std::unique_ptr<CoreFunction> make_analog(const ChipPlan& plan, const CoreImage& image, std::uint32_t delay,
                                                        std::uint64_t seed, Loading& loading) {
    const bool ticks = plan.description().synchronisation == Synchronisation::tick;
    const AnalogOptions options{.longest_axon_delay = delay,
                                .seed = seed,
                                .name = fmt::format("core.{}", image.core.value()),
                                .frame_seconds = ticks ? plan.description().tick.si() : 0.0};
    auto function =
        make_named(plan, image.core, [&] { return make_analog_function(image, plan.core_type(image.core), options); });
    loading.programming += function->programming();
    loading.arrays += function->arrays();
    return function;
}

[[nodiscard]] Core make_core(const ChipPlan& plan, const CoreImage& image, std::uint64_t seed, ActivityCounts& activity,
                             Loading& loading) {
    const CoreDescription& type = plan.core_type(image.core);
    CoreSettings settings = core_settings(type);
    settings.delays_from_arrival = plan.delays_from_arrival();
    const FunctionOptions options{.longest_axon_delay = type.max_delay + slack(plan),
                                  .scan_by_neuron = settings.scan_by_neuron,
                                  .synapses_per_word = settings.memory.word_bits / settings.memory.bits_per_synapse};
    auto function = type.array ? make_analog(plan, image, options.longest_axon_delay, seed, loading)
                               : make_core_function(image, *type.neuron, options);
    function->draw_from(draw_source(type.random, seed, image.core));
    if (Learner* const learner = function->learner())
        learner->draw_from(
            std::make_unique<PhiloxLearningDraws>(Rng::key_of(seed, fmt::format("core.{}.learning", image.core.value()))));
    return Core{image, settings, std::move(function), activity};
}

[[nodiscard]] std::size_t longest_delay(const ChipPlan& plan, const Placement& placement) {
    std::size_t longest = 1;
    for (const CoreImage& core : placement.cores) longest = std::max<std::size_t>(longest, plan.core_type(core.core).max_delay);
    return longest + 1;
}

}  // namespace

class Chip::Parts {
public:
    virtual ~Parts() = default;
    virtual void run(std::uint64_t steps) = 0;
    [[nodiscard]] virtual const ActivityCounts& activity() const = 0;
    [[nodiscard]] virtual ChipTotals totals() const = 0;
    [[nodiscard]] virtual std::vector<LearnedProjection> learned() const { return {}; }
};

/// Cores that work in steps, and the network between them.
class Chip::SteppedParts final : public Parts {
public:
    SteppedParts(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer,
                 std::uint64_t seed)
        : agenda_{placement.cores.size(), longest_delay(plan, placement)},
          noc_{"noc", plan, placement.groups, failure_},
          host_{"host", plan, placement, input, observer, noc_, activity_},
          cores_{make_cores(plan, placement, observer, seed)},
          controller_{"steps", {plan, cores_, host_, noc_, agenda_, input, observer, activity_, failure_}} {
        noc_.watch(observer.cycles());
        if (noc::PacketLog* const packets = observer.packets()) noc_.log_packets(*packets);
    }

    void run(std::uint64_t steps) override {
        controller_.set_steps(steps);
        sc_core::sc_start();
        failure_.rethrow();
    }

    [[nodiscard]] const ActivityCounts& activity() const override { return activity_; }
    [[nodiscard]] ChipTotals totals() const override {
        ChipTotals totals{.picoseconds = controller_.end(),
                          .steps = controller_.steps_done(),
                          .noc = noc_.counters(),
                          .programming = loading_.programming,
                          .arrays = loading_.arrays};
        for (const auto& core : cores_) {
            totals.late_spikes += core->core().late_spikes();
            totals.lost_spikes += core->core().lost_spikes();
            totals.overrun_steps += core->overruns();
        }
        return totals;
    }

    [[nodiscard]] std::vector<LearnedProjection> learned() const override {
        std::vector<LearnedCore> cores;
        for (const auto& core : cores_) cores.push_back({&core->image(), core->core().groups()});
        return gather_learned(cores);
    }

private:
    std::vector<std::unique_ptr<CoreModule>> make_cores(const ChipPlan& plan, const Placement& placement, RunObserver& observer,
                                                        std::uint64_t seed) {
        std::vector<std::unique_ptr<CoreModule>> cores;
        for (std::size_t index = 0; index < placement.cores.size(); ++index) {
            const CoreImage& image = placement.cores[index];
            const std::string name = fmt::format("core_{}", image.core.value());
            const bool from_arrival = plan.delays_from_arrival();
            const CoreModule::Links links{noc_, agenda_, observer, failure_, from_arrival};
            cores.push_back(std::make_unique<CoreModule>(name.c_str(), index, image,
                                                         make_core(plan, image, seed, activity_, loading_), links));
        }
        return cores;
    }

    FailureBox failure_;
    ActivityCounts activity_;
    Loading loading_;
    Agenda agenda_;
    NocModule noc_;
    HostModule host_;
    std::vector<std::unique_ptr<CoreModule>> cores_;
    StepController controller_;
};

/// One core that works event by event, and a host that counts steps for it.
class Chip::EventParts final : public Parts {
public:
    EventParts(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer)
        : host_{plan, placement, input, observer}, chip_{plan, placement, host_, nullptr} {
        host_.attach(chip_.core(), chip_.activity());
    }

    void run(std::uint64_t steps) override {
        host_.set_steps(steps);
        chip_.run();
    }
    [[nodiscard]] const ActivityCounts& activity() const override { return chip_.activity(); }
    [[nodiscard]] ChipTotals totals() const override {
        ChipTotals totals{
            .picoseconds = host_.end(), .steps = host_.steps_done(), .lost_spikes = chip_.core().lost_spikes(), .noc = {}};
        if (const std::string learned = chip_.what_was_learned(); !learned.empty()) totals.notes.push_back(learned);
        return totals;
    }

private:
    StepHost host_;
    EventChip chip_;
};

/// Analog cores that work as spikes come, the network between them, and the host's clock.
class Chip::LiveParts final : public Parts {
public:
    LiveParts(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer, std::uint64_t seed)
        : noc_{"noc", plan, placement.groups, failure_},
          host_{"host", plan, placement, input, observer, noc_, activity_},
          cores_{make_cores(plan, placement, observer, seed)},
          controller_{"windows", {plan, cores_, host_, noc_, input, observer, activity_, failure_}} {
        noc_.watch(observer.cycles());
        if (noc::PacketLog* const packets = observer.packets()) noc_.log_packets(*packets);
        noc_.answer_after(answer_time(plan, placement));
    }

    void run(std::uint64_t steps) override {
        controller_.set_steps(steps);
        sc_core::sc_start();
        failure_.rethrow();
    }
    [[nodiscard]] const ActivityCounts& activity() const override { return activity_; }
    [[nodiscard]] ChipTotals totals() const override {
        ChipTotals totals{.picoseconds = controller_.end(), .steps = controller_.steps_done(), .noc = noc_.counters()};
        for (const auto& core : cores_) {
            totals.lost_spikes += core->core().lost_spikes();
            totals.programming += core->core().programming();
            totals.arrays += core->core().arrays();
        }
        return totals;
    }

private:
    /// The shortest way through any core, from a packet's arrival to the packet that it may lead to.
    [[nodiscard]] static Picoseconds answer_time(const ChipPlan& plan, const Placement& placement) {
        Picoseconds shortest = no_time;
        for (const CoreImage& image : placement.cores) {
            const CoreDescription& type = plan.core_type(image.core);
            shortest = std::min(shortest, to_picoseconds(type.axon_in.latency) + spike_timing(type).latency);
        }
        return std::max<Picoseconds>(1, shortest);
    }

    std::vector<std::unique_ptr<LiveCoreModule>> make_cores(const ChipPlan& plan, const Placement& placement,
                                                            RunObserver& observer, std::uint64_t seed) {
        std::vector<std::unique_ptr<LiveCoreModule>> cores;
        for (const CoreImage& image : placement.cores) {
            const CoreDescription& type = plan.core_type(image.core);
            const LiveCoreModule::Links links{noc_, observer, failure_, activity_};
            LiveCore core = make_named(plan, image.core, [&] {
                return LiveCore{image, type, seed, fmt::format("core.{}", image.core.value()), activity_};
            });
            const std::string name = fmt::format("core_{}", image.core.value());
            cores.push_back(std::make_unique<LiveCoreModule>(name.c_str(), image, std::move(core), spike_timing(type), links));
        }
        return cores;
    }

    FailureBox failure_;
    ActivityCounts activity_;
    NocModule noc_;
    HostModule host_;
    std::vector<std::unique_ptr<LiveCoreModule>> cores_;
    WindowController controller_;
};

Chip::Chip(const ChipPlan& plan, const Placement& placement, InputSource& input, RunObserver& observer, std::uint64_t seed) {
    if (plan.event_driven()) {
        parts_ = std::make_unique<EventParts>(plan, placement, input, observer);
        return;
    }
    if (plan.description().synchronisation == Synchronisation::event && !plan.is_live())
        throw InputError{
            fmt::format("chip '{}': digital cores need steps; synchronisation must be tick or barrier", plan.name())};
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    // The chip's modules report through exceptions; SystemC's own notes are not results.
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    if (plan.is_live()) {
        parts_ = std::make_unique<LiveParts>(plan, placement, input, observer, seed);
    } else {
        parts_ = std::make_unique<SteppedParts>(plan, placement, input, observer, seed);
    }
}

Chip::~Chip() = default;

void Chip::run(std::uint64_t steps) {
    parts_->run(steps);
}
ActivityCounts Chip::activity() const {
    return parts_->activity();
}
std::vector<LearnedProjection> Chip::learned() const {
    return parts_->learned();
}
ChipTotals Chip::totals() const {
    return parts_->totals();
}

}  // namespace spikefab
