// SPDX-License-Identifier: Apache-2.0
// When the messages of one core pass its input axon stage, synapse stage and dendrites: two queues in a row, the first
// blocked by the second. Event times follow from the order of arrival alone, so nothing has to be scheduled.
#pragma once

#include "core/core_timing.hpp"

#include <algorithm>
#include <vector>

namespace spikefab {

class InputPipeline final {
public:
    explicit InputPipeline(const CoreTiming& timing)
        : instant_{timing.axon_in.latency == 0 && timing.axon_in.occupancy == 0 && timing.synapse.latency == 0 &&
                   timing.synapse.occupancy == 0 && timing.dendrite.latency == 0},
          axon_{timing.axon_in},
          synapse_{timing.synapse},
          dendrite_{timing.dendrite},
          synapse_starts_(timing.synapse.queue, 0) {}

    /// A message that arrives at `now` and causes `events` synaptic events. Returns when it leaves the input queue, so
    /// that the network may send the next one.
    Picoseconds accept(Picoseconds now, std::uint32_t events) {
        if (instant_) return done_ = std::max(done_, now);
        const Picoseconds start = std::max(now, axon_free_);
        // The message waits in the axon stage until the synapse stage's queue has a place.
        Picoseconds& oldest_start = synapse_starts_[next_];
        const Picoseconds handed_over = std::max(start + axon_.latency, oldest_start);
        axon_free_ = std::max(start + axon_.occupancy, oldest_start);
        const Picoseconds begin = std::max(handed_over, synapse_free_);
        oldest_start = begin;
        next_ = next_ + 1 == synapse_starts_.size() ? 0 : next_ + 1;
        synapse_free_ = begin + synapse_.occupancy * static_cast<Picoseconds>(events);
        done_ = std::max(done_, synapse_free_ + synapse_.latency + dendrite_.latency);
        return start;
    }

    /// When the last message accepted so far has reached the accumulators.
    [[nodiscard]] Picoseconds done() const { return done_; }

private:
    bool instant_;  ///< no stage takes any time: arrivals are in order, and nothing waits
    Picoseconds done_ = 0;
    StageTiming axon_;
    StageTiming synapse_;
    StageTiming dendrite_;
    std::vector<Picoseconds> synapse_starts_;  ///< of the last `queue` messages, a ring
    std::size_t next_ = 0;
    Picoseconds axon_free_ = 0;
    Picoseconds synapse_free_ = 0;
};

}  // namespace spikefab
