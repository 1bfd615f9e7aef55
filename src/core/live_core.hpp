// SPDX-License-Identifier: Apache-2.0
// An analog core without steps: a spike's arrival makes a pulse on its row, the row's current flows into the columns' neurons,
// and they fire when they reach their thresholds. Plain data; a shell calls it when something arrives or is due.
//
// Between two edges of pulses all currents are constant, so the neurons' next spikes are predicted in closed form, and
// predicted again when an edge changes a current. A spike that comes while its row is driven waits for the row.
#pragma once

#include "base/picoseconds.hpp"
#include "core/crossbar_tile.hpp"
#include "core/energy_meter.hpp"
#include "models/column/column_neuron.hpp"
#include "observe/activity.hpp"
#include "plan/chip_description.hpp"
#include "plan/core_image.hpp"

#include <limits>
#include <memory>
#include <queue>
#include <string>
#include <vector>

namespace spikefab {

/// Later than anything.
inline constexpr Picoseconds no_time = std::numeric_limits<Picoseconds>::max();

class LiveCore final {
public:
    /// References must outlive the core; `name` is that of its random streams, "core.3". InputError when weights, devices or
    /// arrays contradict each other.
    LiveCore(const CoreImage& image, const CoreDescription& type, std::uint64_t seed, const std::string& name,
             ActivityCounts& activity);

    /// A spike on `axon`: a pulse per unit of its value, downwards for negative ones. Times must not fall.
    void receive(std::uint32_t axon, std::int32_t payload, Picoseconds now);
    /// When the next edge or spike is due if nothing else arrives; `no_time` if never.
    [[nodiscard]] Picoseconds next() const;
    /// Does what is due up to and at `now`, and appends the spikes, in order.
    void advance(Picoseconds now, std::vector<TimedSpike>& spikes);
    /// Counts the energy up to `now`.
    void settle(Picoseconds now);
    /// Neurons at rest, no pulses on or waiting.
    void reset(Picoseconds now);

    [[nodiscard]] std::size_t neurons() const { return neurons_->size(); }
    [[nodiscard]] double observable(std::size_t neuron) const { return neurons_->observable(neuron); }
    /// Spikes that found as many waiting at their row as its queue holds.
    [[nodiscard]] std::uint64_t lost_spikes() const { return lost_spikes_; }
    [[nodiscard]] ProgrammingTotals programming() const;
    [[nodiscard]] std::size_t arrays() const;

private:
    struct Row {
        std::int32_t arriving = 0;  ///< pulses on their way through the input stage
        std::int32_t waiting = 0;   ///< pulses, with their sign
        bool driven = false;
    };
    struct Edge {
        Picoseconds time = 0;
        std::uint32_t axon = 0;
        std::int32_t pulses = 0;  ///< that arrive; 0: a pulse ends
        /// Ends come before arrivals, so that rows are free for those; then by axon.
        bool operator>(const Edge& other) const {
            if (time != other.time) return time > other.time;
            if ((pulses == 0) != (other.pulses == 0)) return pulses != 0;
            return axon > other.axon;
        }
    };

    void apply(const Edge& edge);
    void start_pulse(std::uint32_t axon, Row& row, Picoseconds now);
    void change_level(std::uint32_t axon, double level);
    void update_currents(Picoseconds now, std::vector<TimedSpike>& spikes);
    void read_tile(std::size_t tile);
    void count_power(Picoseconds now);

    const WeightLists& lists_;
    const ArrayDescription& array_;
    ActivityCounts& activity_;
    Picoseconds latency_;
    Picoseconds pulse_;
    std::int32_t queue_;
    std::vector<CrossbarTile> tiles_;
    std::unique_ptr<ColumnNeuronArray> neurons_;
    std::vector<double> mirror_;  ///< A of a weight sum of 1, per neuron

    std::vector<Row> rows_;      ///< per axon
    std::vector<double> level_;  ///< per axon, in read voltages
    std::priority_queue<Edge, std::vector<Edge>, std::greater<>> edges_;
    std::vector<std::uint8_t> changed_;        ///< per tile: a row's level has changed
    std::vector<std::uint32_t> driven_;        ///< per tile: rows that are on
    std::vector<std::uint32_t> charged_;       ///< per tile: rows that went on or turned since the last read
    std::vector<std::vector<double>> values_;  ///< of every tile's sensed columns
    std::vector<ReadPower> power_;             ///< per tile, W
    std::vector<double> current_;              ///< per neuron, A
    std::uint64_t events_ = 0;                 ///< reads so far, which key their noise
    std::uint64_t lost_spikes_ = 0;
    std::uint32_t rows_on_ = 0;
    Picoseconds counted_to_ = 0;  ///< energy
    double neuron_energy_ = 0.0;  ///< J counted so far
    EnergyMeter cell_meter_, wire_meter_, driver_meter_, column_meter_;
};

}  // namespace spikefab
