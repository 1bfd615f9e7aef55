// SPDX-License-Identifier: Apache-2.0
// When one analog neuron fires while nothing about its input changes: what it is measured by.
#pragma once

#include "models/column/column_neuron.hpp"

#include <vector>

namespace spikefab {

/// Spike times up to `until`, s, of an array of one neuron that receives `current`, A, from 0 on.
[[nodiscard]] inline std::vector<double> spike_times(ColumnNeuronArray& array, double current, double until) {
    std::vector<TimedSpike> spikes;
    array.drive(0.0, DrivePhase::pulse, std::vector{current}, spikes);
    array.advance(until, spikes);
    std::vector<double> times;
    for (const TimedSpike& spike : spikes) times.push_back(spike.time);
    return times;
}

}  // namespace spikefab
