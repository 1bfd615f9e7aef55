// SPDX-License-Identifier: Apache-2.0
// One SystemC process: it sleeps until the controller's next decision.
#include "chip/event_chip.hpp"

#include "base/error.hpp"
#include "chip/clock.hpp"
#include "chip/failure_box.hpp"

#include <fmt/format.h>
#include <systemc>

namespace spikefab {
namespace {

class EventCoreModule final : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(EventCoreModule);
    EventCoreModule(const sc_core::sc_module_name& name, EventCore& core, BusHost& host, FailureBox& failure,
                    Picoseconds period)
        : sc_core::sc_module{name}, core_{core}, host_{host}, failure_{failure}, period_{period} {
        SC_METHOD(run);
    }

private:
    /// Events in a row without the core being idle, after which its spikes count as self-sustained.
    static constexpr std::uint64_t most_events = 1'000'000;

    void run() {
        failure_.guard([this] { work(); });
    }

    void work() {
        while (true) {
            ask_host();
            const auto decision = core_.next_decision();
            if (!decision) {
                events_ = 0;
                if (!host_.goes_on(core_.idle_from() * period_)) return sc_core::sc_stop();
                continue;
            }
            const Picoseconds when = *decision * period_;
            if (when > host_.horizon()) return sc_core::sc_stop();
            if (when > now_in_picoseconds()) return next_trigger(sc_time_of(when - now_in_picoseconds()));
            act();
        }
    }

    void ask_host() {
        if (!core_.bus_free()) return;
        const auto request = host_.next(core_.bus_free_from() * period_);
        if (request) core_.request(request->address, (request->time + period_ - 1) / period_);
    }

    void act() {
        if (++events_ > most_events)
            throw SimulationError{
                fmt::format("the core has worked through {} events without being idle: its neurons excite each other for ever; "
                            "weaken their synapses, or set controller.recurrent to false",
                            most_events)};
        core_.act();
        if (!core_.fired().empty()) host_.fired(core_.fired());
        for (const BusOutputSpike& spike : core_.sent()) host_.received(spike.neuron, spike.cycle * period_);
    }

    EventCore& core_;
    BusHost& host_;
    FailureBox& failure_;
    Picoseconds period_;
    std::uint64_t events_ = 0;
};

[[nodiscard]] Picoseconds period_of(const CoreDescription& type) {
    return to_picoseconds(period(type.controller->clock));
}

/// The one core of the chip, as placed.
[[nodiscard]] const CoreImage& only_image(const ChipPlan& plan, const Placement& placement) {
    if (placement.cores.size() != 1)
        throw InputError{
            fmt::format("chip '{}' has one core; the network was placed on {}", plan.name(), placement.cores.size())};
    const CoreImage& image = placement.cores.front();
    const CoreDescription& type = plan.core_type(image.core);
    const auto* matrix = std::get_if<WeightMatrix>(&image.synapses);
    if (matrix == nullptr || image.neurons.neurons() > type.neurons || matrix->neurons != image.neurons.neurons() ||
        matrix->sources() > type.input_axons)
        throw InputError{fmt::format("chip '{}': {} neurons do not fit a core of {} neurons and {} axons with a weight matrix",
                                     plan.name(), image.neurons.neurons(), type.neurons, type.input_axons)};
    return image;
}

}  // namespace

class EventChip::Parts final {
public:
    Parts(const ChipPlan& plan, const CoreImage& placed, BusHost& host, EventObserver* watcher)
        : image{placed},
          type{plan.core_type(image.core)},
          period{period_of(type)},
          core{{image, type, activity, watcher, period}},
          module{"core", core, host, failure, period} {}

    const CoreImage& image;
    const CoreDescription& type;
    FailureBox failure;
    ActivityCounts activity;
    Picoseconds period;
    EventCore core;
    EventCoreModule module;
};

EventChip::EventChip(const ChipPlan& plan, const Placement& placement, BusHost& host, EventObserver* watcher) {
    const CoreImage& image = only_image(plan, placement);
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    // The chip's modules report through exceptions; SystemC's own notes are not results.
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    parts_ = std::make_unique<Parts>(plan, image, host, watcher);
}

EventChip::~EventChip() = default;

void EventChip::run() {
    sc_core::sc_start();
    parts_->failure.rethrow();
}

EventCore& EventChip::core() const {
    return parts_->core;
}
ActivityCounts& EventChip::activity() const {
    return parts_->activity;
}
std::string EventChip::what_was_learned() const {
    const EventPlasticity& plasticity = parts_->type.controller->plasticity;
    if (!plasticity.on_spikes && !plasticity.on_single_synapses) return {};
    const auto& before = std::get<WeightMatrix>(parts_->image.synapses);
    const std::uint32_t neurons = parts_->core.neurons();
    double sum_before = 0.0;
    double sum_after = 0.0;
    std::size_t synapses = 0;
    std::size_t moved = 0;
    for (std::size_t i = 0; i < before.weights.size(); ++i) {
        if (!plasticity.unmapped_synapses && !before.mapped.empty() && before.mapped[i] == 0) continue;
        const std::int32_t after =
            parts_->core.weights().weight(static_cast<std::uint32_t>(i / neurons), static_cast<std::uint32_t>(i % neurons));
        ++synapses;
        moved += after != before.weights[i] ? 1U : 0U;
        sum_before += before.weights[i];
        sum_after += after;
    }
    if (synapses == 0) return {};
    const auto count = static_cast<double>(synapses);
    return fmt::format("{} of {} plastic synapses ended with another weight; the mean weight was {:.2f} and is {:.2f}", moved,
                       synapses, sum_before / count, sum_after / count);
}
Picoseconds EventChip::clock_period() const {
    return parts_->period;
}

}  // namespace spikefab
