// SPDX-License-Identifier: Apache-2.0
// When the spikes of one pass leave a core: neuron pipeline, output axon stage, network interface, each stalled by the
// next when its queue is full. Messages are worked out one by one, as the network takes them.
#pragma once

#include "core/core_timing.hpp"
#include "models/neuron/neuron_model.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikefab {

/// A message on its way to the network.
struct Departure {
    Destination destination;
    std::uint32_t neuron = 0;
    std::int32_t payload = 1;
    Picoseconds time = 0;  ///< earliest time at which it may enter the network
};

/// Begins a cache line: what every departure touches is in its first one.
class alignas(64) OutputPipeline final {
public:
    OutputPipeline(const CoreTiming& timing, const DestinationTable& destinations, std::uint32_t neurons);

    /// A pass that starts at `now`. `spikes` and `active` (bitmap of neurons that had input) must live until the next
    /// pass; `active_axons` is what a scanning core looks at for every neuron.
    void begin(Picoseconds now, std::span<const Spike> spikes, std::span<const std::uint64_t> active,
               std::uint32_t active_axons);
    /// The next message, when there is one and the interface's queue has a place for it.
    [[nodiscard]] std::optional<Departure> take();
    /// The oldest message in the interface's queue entered the network at `now`.
    void departed(Picoseconds now);
    /// When the neuron pipeline has passed the last neuron; final once every message is taken.
    [[nodiscard]] Picoseconds pass_end() const;
    /// When the last neuron has held the pipeline for its time; final as `pass_end`.
    [[nodiscard]] Picoseconds pipeline_free() const;
    /// When each of the first `count` neurons was done in this pass; final as `pass_end`.
    [[nodiscard]] std::vector<Picoseconds> neuron_times(std::uint32_t count) const;
    [[nodiscard]] bool drained() const { return spike_ == spikes_.size() && waiting_ == 0; }

private:
    struct Stall {
        std::uint32_t neuron;
        Picoseconds total;  ///< held up so far in this pass, this neuron's wait included
    };

    void open_spike();
    [[nodiscard]] Picoseconds ready_time(std::uint32_t neuron);
    [[nodiscard]] std::optional<Departure> take_one();
    [[nodiscard]] Picoseconds pass_time(std::uint32_t neurons) const;
    [[nodiscard]] std::uint32_t active_before(std::uint32_t neuron);

    bool one_at_a_time_;         ///< no queue: a spiking neuron waits where it is
    bool open_ = false;          ///< the spike has entered the output axon stage
    std::uint32_t waiting_ = 0;  ///< messages in the interface's queue
    std::size_t spike_ = 0;      ///< the spike whose messages are being sent
    std::span<const Spike> spikes_;
    std::vector<Picoseconds> interface_leave_;  ///< when the last `queue` messages left the interface, a ring
    std::size_t interface_left_ = 0;
    std::size_t interface_next_ = 0;
    std::size_t message_ = 0;  ///< index among the destinations of the spike

    const DestinationTable& destinations_;
    Picoseconds interface_free_ = 0;
    Picoseconds stage_free_ = 0;
    Picoseconds start_ = 0;
    Picoseconds stall_ = 0;                  ///< how long the neuron pipeline has been held up in this pass
    std::vector<Picoseconds> stage_starts_;  ///< when the last `queue` spikes began their output stage, a ring
    std::size_t stage_next_ = 0;

    std::span<const std::uint64_t> active_;
    Picoseconds scan_ = 0;       ///< extra time of every neuron in this pass
    Picoseconds planned_ = 0;    ///< when the message under way could have entered the network at the earliest
    std::vector<Stall> stalls_;  ///< by neurons that waited for the network in this pass
    std::size_t word_ = 0;       ///< active neurons in words before this one are counted
    std::uint32_t counted_ = 0;  ///< active neurons (with input or fired) so far
    std::uint32_t neurons_;
    std::size_t counted_spikes_ = 0;
    CoreTiming timing_;
};

}  // namespace spikefab
