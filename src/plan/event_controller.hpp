// SPDX-License-Identifier: Apache-2.0
// A core that works event by event under one controller, as a person writes it in YAML: what the addresses of its input bus
// mean, its queue, what each kind of event takes, and when spikes leave. Times are cycles of the core's clock.
#pragma once

#include "base/field.hpp"
#include "base/quantity.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// What an address of the input bus asks for.
enum class BusAction {
    queue,           ///< put the source, and the stimulus if any, into the queue
    time_reference,  ///< let time pass for the neuron, or for all
    synapse,         ///< one synaptic event: from the source to the neuron, past the queue
    bistability,     ///< let the weights of the source, or all, drift to the nearer end of their range
};
constexpr auto enum_names(BusAction) {
    return std::array<std::string_view, 4>{"queue", "time_reference", "synapse", "bistability"};
}

/// One kind of event on the input bus.
struct BusEvent {
    std::string address;
    BusAction action = BusAction::queue;
    bool after_queue = false;
    static constexpr auto fields = std::tuple{
        field("address", &BusEvent::address,
              "bits, highest first: 0, 1, . (any), s (source), n (neuron), v (stimulus); spaces do not count")
            .required(),
        field("action", &BusEvent::action,
              "queue the source (with its stimulus), time_reference (neuron n, or all), synapse (s to n), bistability "
              "(weights of s, or all)")
            .required(),
        field("after_queue", &BusEvent::after_queue, "it waits until the queue is empty"),
    };
};

/// How the bits of a stimulus (an event for one neuron that comes from no synapse) are read.
enum class StimulusCode { signed_weight, weight_sign_leak };
constexpr auto enum_names(StimulusCode) {
    return std::array<std::string_view, 2>{"signed_weight", "weight_sign_leak"};
}

/// Which neurons a spike or a time reference for all visits.
enum class SweepOf { used_neurons, all_neurons };
constexpr auto enum_names(SweepOf) {
    return std::array<std::string_view, 2>{"used_neurons", "all_neurons"};
}

/// When the output bus sends a spike.
enum class SpikesLeave { when_fired, when_processed };
constexpr auto enum_names(SpikesLeave) {
    return std::array<std::string_view, 2>{"when_fired", "when_processed"};
}

/// What the output bus shows in its monitoring mode, in place of spikes: every new state of one neuron, and every new weight of
/// one of its synapses.
struct BusMonitor {
    std::uint32_t neuron = 0;
    std::uint32_t source = 0;
    static constexpr auto fields = std::tuple{
        field("neuron", &BusMonitor::neuron, {0, 65535}, "the neuron").required(),
        field("source", &BusMonitor::source, {0, 65535}, "where the synapse comes from").required(),
    };
};

/// The four-phase handshake of the output bus. The controller stands still from the request to `recover`.
struct BusOutput {
    SpikesLeave spikes_leave = SpikesLeave::when_fired;
    std::optional<std::uint32_t> leave_at_neuron;
    std::uint32_t request = 1;
    std::uint32_t acknowledge = 0;
    std::uint32_t withdraw = 3;
    std::uint32_t recover = 3;
    std::optional<BusMonitor> monitor;
    static constexpr auto fields = std::tuple{
        field("spikes_leave", &BusOutput::spikes_leave, "when the neuron fires, or when its spike is taken from the queue"),
        field("leave_at_neuron", &BusOutput::leave_at_neuron, {0, 65535},
              "when_processed: neuron of the sweep whose update sends the spike; default: the last"),
        field("request", &BusOutput::request, {1, 1000}, "from the neuron's update to the request"),
        field("acknowledge", &BusOutput::acknowledge, {0, 1 << 30}, "from the request until the receiver acknowledges"),
        field("withdraw", &BusOutput::withdraw, {1, 1000}, "from the acknowledgement until the request is withdrawn"),
        field("recover", &BusOutput::recover, {1, 1000}, "from then until the controller goes on"),
        field("monitor", &BusOutput::monitor, "monitoring mode: states of one neuron and synapse instead of spikes"),
    };
};

/// Plasticity of the synapses: SDSP, directed by the neurons (models/plasticity/sdsp.hpp).
struct EventPlasticity {
    bool on_spikes = false;
    bool on_single_synapses = false;
    bool unmapped_synapses = false;
    static constexpr auto fields = std::tuple{
        field("on_spikes", &EventPlasticity::on_spikes, "a source's spike moves its weights"),
        field("on_single_synapses", &EventPlasticity::on_single_synapses, "a single synaptic event moves its weight"),
        field("unmapped_synapses", &EventPlasticity::unmapped_synapses, "synapses that are not mapped learn as well"),
    };
};

struct EventController {
    Frequency clock{0.1};
    std::vector<BusEvent> bus;
    StimulusCode stimulus = StimulusCode::signed_weight;
    std::uint32_t latch = 2;
    std::uint32_t dispatch = 1;
    std::uint32_t release = 3;
    std::uint32_t queue_depth = 32;
    std::uint32_t queue_write = 1;
    std::uint32_t neuron_update = 2;
    std::uint32_t word_update = 2;
    std::uint32_t take_after_sweep = 0;
    SweepOf sweep = SweepOf::all_neurons;
    std::optional<std::uint32_t> last_of_sweep;
    bool recurrent = true;
    bool unmapped_synapses_act = false;
    BusOutput output;
    EventPlasticity plasticity;
    static constexpr auto fields = std::tuple{
        field("clock", &EventController::clock, {1e-6, 1e2}, "clock of the core").required(),
        field("bus", &EventController::bus, "kinds of event on the input bus; the first address that fits counts").required(),
        field("stimulus", &EventController::stimulus,
              "bits v: a signed weight; or a weight, its sign (1: inhibitory) and a bit that makes it a time reference"),
        field("latch", &EventController::latch, {0, 1000}, "from a request on the input bus until the controller sees it"),
        field("dispatch", &EventController::dispatch, {1, 1000}, "from the controller's decision to the event's first cycle"),
        field("release", &EventController::release, {0, 1000},
              "from the acknowledgement of a request until the bus and the controller are free"),
        field("queue_depth", &EventController::queue_depth, {1, 1 << 20},
              "events that wait; while it is full it comes before the bus, and spikes of neurons are lost"),
        field("queue_write", &EventController::queue_write, {1, 1000}, "to put an event into the queue"),
        field("neuron_update", &EventController::neuron_update, {1, 1000}, "of one neuron, its write in the last cycle"),
        field("word_update", &EventController::word_update, {1, 1000}, "of one word of synapses, its write in the last cycle"),
        field("take_after_sweep", &EventController::take_after_sweep, {0, 1000},
              "cycles of a state of its own, once the output bus is free, in which a processed spike leaves the queue; 0: it "
              "leaves with the last neuron's update"),
        field("sweep", &EventController::sweep, "neurons that a spike or a time reference for all takes time for"),
        field("last_of_sweep", &EventController::last_of_sweep, {0, 65535},
              "used_neurons: the last neuron of a sweep; default: the last one used"),
        field("recurrent", &EventController::recurrent, "spikes of the core's neurons enter its queue"),
        field("unmapped_synapses_act", &EventController::unmapped_synapses_act, "synapses that are not mapped act as well"),
        field("output", &EventController::output, "the output bus"),
        field("plasticity", &EventController::plasticity, "what makes weights learn"),
    };
};

}  // namespace spikefab
