// SPDX-License-Identifier: Apache-2.0
// What an event-driven core announces, event by event; every hook is empty by default. Times are picoseconds.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace spikefab {

/// What the controller of an event-driven core is at.
enum class ControllerState : std::uint8_t {
    idle,
    queueing,        ///< writes an event from the bus into the queue
    time_reference,  ///< lets time pass for one neuron or all
    bistability,     ///< lets weights drift
    synapse,         ///< one synaptic event from the bus
    spike,           ///< a spike from the queue, over all neurons
    stimulus,        ///< a stimulus from the queue, for one neuron
    taking,          ///< removes a processed spike from the queue
    acknowledging,   ///< waits until the request is withdrawn
};
constexpr auto enum_names(ControllerState) {
    return std::array<std::string_view, 9>{"idle",  "queueing", "time_reference", "bistability",  "synapse",
                                           "spike", "stimulus", "taking",         "acknowledging"};
}

class EventObserver {
public:
    virtual ~EventObserver() = default;
    /// A request with `address` was raised on the input bus; the core acknowledged it.
    virtual void requested(std::uint32_t /*address*/, std::int64_t /*time*/) {}
    virtual void acknowledged(std::int64_t /*time*/) {}
    virtual void entered(ControllerState /*state*/, std::int64_t /*time*/) {}
    /// The neuron's state, in the order of its model's table, was written.
    virtual void neuron_written(std::uint32_t /*neuron*/, std::span<const std::int64_t> /*state*/, bool /*fired*/,
                                std::int64_t /*time*/) {}
    /// A word of synaptic memory changed to `value`.
    virtual void word_changed(std::uint32_t /*word*/, std::uint64_t /*value*/, std::int64_t /*time*/) {}
    /// An event (stimulus bits above the source's) entered the queue, or was lost because it was full; or left it.
    virtual void queued(std::uint32_t /*event*/, bool /*lost*/, std::int64_t /*time*/) {}
    virtual void taken(std::uint32_t /*event*/, std::int64_t /*time*/) {}
    /// The output bus asks for `neuron` to be taken; it has been.
    virtual void output_requested(std::uint32_t /*neuron*/, std::int64_t /*time*/) {}
    virtual void output_done(std::int64_t /*time*/) {}
};

}  // namespace spikefab
