// SPDX-License-Identifier: Apache-2.0
// Stage times of one kind of core, resolved to picoseconds.
#pragma once

#include "base/picoseconds.hpp"

#include <cstdint>

namespace spikefab {

struct StageTiming {
    Picoseconds latency = 0;
    Picoseconds occupancy = 0;
    std::uint32_t queue = 16;
};

struct CoreTiming {
    StageTiming axon_in;   ///< per message
    StageTiming synapse;   ///< occupancy per synaptic event
    StageTiming dendrite;  ///< latency per message
    Picoseconds soma_latency = 0;
    Picoseconds soma_active = 0;
    Picoseconds soma_inactive = 0;
    Picoseconds soma_per_axon = 0;         ///< cores that scan by neuron: per neuron and axon with a spike
    bool waits_for_network = false;        ///< a neuron that fires holds the pipeline until its message has entered the network
    Picoseconds schedule_read = 0;         ///< from the step's start to the beginning of the pass
    Picoseconds schedule_clear = 0;        ///< from the end of the pass to the clearing of its row
    bool clear_loses_spikes = false;       ///< a spike that arrives at the moment of the clearing is lost
    StageTiming axon_out;                  ///< per message
    StageTiming interface;                 ///< network interface, per packet
    Picoseconds learning_per_synapse = 0;  ///< at the end of an epoch, per synapse that the rules visit
    Picoseconds learning_per_trace = 0;    ///< and per trace that is brought up to date
};

}  // namespace spikefab
