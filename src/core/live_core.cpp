// SPDX-License-Identifier: Apache-2.0
// Edges of row pulses, array reads at each of them, and the neurons in between.
#include "core/live_core.hpp"

#include "core/weight_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace spikefab {
namespace {

/// Time in the neurons' unit; whole picoseconds are exact in it up to hours.
[[nodiscard]] double seconds_of(Picoseconds time) {
    return static_cast<double>(time) * 1e-12;
}

/// The first picosecond at or after a time.
[[nodiscard]] Picoseconds picoseconds_from(double seconds) {
    if (!(seconds < 9e6)) return no_time;
    const auto time = static_cast<Picoseconds>(std::floor(seconds * 1e12));
    return seconds_of(time) < seconds ? time + 1 : time;
}

}  // namespace

LiveCore::LiveCore(const CoreImage& image, const CoreDescription& type, std::uint64_t seed, const std::string& name,
                   ActivityCounts& activity)
    : lists_{std::get<WeightLists>(image.synapses)},
      array_{*type.array},
      activity_{activity},
      latency_{to_picoseconds(type.axon_in.latency)},
      pulse_{to_picoseconds(array_.input.pulse)},
      queue_{static_cast<std::int32_t>(type.axon_in.queue)},
      tiles_{make_tiles(lists_, image.neurons.neurons(), array_, seed, name)},
      neurons_{(*type.columns.neuron)->make_array(image.neurons.neurons(), seed, name + ".neurons")},
      rows_(lists_.axons()),
      level_(lists_.axons(), 0.0),
      changed_(tiles_.size(), 0),
      driven_(tiles_.size(), 0),
      charged_(tiles_.size(), 0),
      power_(tiles_.size()),
      current_(neurons_->size(), 0.0) {
    const ColumnDescription& columns = type.columns;
    const double firing = columns.firing ? columns.firing->si() : (*columns.neuron)->firing_current(array_.input.pulse.si());
    for (const double threshold : thresholds_of(image.neurons)) mirror_.push_back(firing / threshold);
    for (const CrossbarTile& tile : tiles_) values_.emplace_back(tile.sensed().size(), 0.0);
}

void LiveCore::receive(std::uint32_t axon, std::int32_t payload, Picoseconds now) {
    Row& row = rows_[axon];
    const std::int32_t most = queue_ - std::abs(row.waiting) - row.arriving + (row.driven ? 0 : 1);
    const std::int32_t taken = std::min(std::abs(payload), std::max(0, most));
    lost_spikes_ += static_cast<std::uint64_t>(std::abs(payload) - taken);
    if (taken == 0) return;
    activity_.record(Activity::synaptic_event, lists_.offsets[axon + 1] - lists_.offsets[axon]);
    row.arriving += taken;
    edges_.push({.time = now + latency_, .axon = axon, .pulses = payload < 0 ? -taken : taken});
}

Picoseconds LiveCore::next() const {
    const Picoseconds edge = edges_.empty() ? no_time : edges_.top().time;
    return std::min(edge, picoseconds_from(neurons_->next_spike()));
}

void LiveCore::advance(Picoseconds now, std::vector<TimedSpike>& spikes) {
    while (!edges_.empty() && edges_.top().time <= now) {
        const Picoseconds time = edges_.top().time;
        count_power(time);
        while (!edges_.empty() && edges_.top().time == time) {
            const Edge edge = edges_.top();
            edges_.pop();
            apply(edge);
        }
        update_currents(time, spikes);
    }
    const std::size_t before = spikes.size();
    neurons_->advance(seconds_of(now), spikes);
    activity_.record(Activity::spike, spikes.size() - before);
}

void LiveCore::apply(const Edge& edge) {
    Row& row = rows_[edge.axon];
    if (edge.pulses != 0) {
        row.arriving -= std::abs(edge.pulses);
        row.waiting += edge.pulses;
        if (row.driven || row.waiting == 0) return;
    } else {
        row.driven = false;
        if (row.waiting == 0) {
            --rows_on_;
            return change_level(edge.axon, 0.0);
        }
        --rows_on_;
    }
    start_pulse(edge.axon, row, edge.time);
}

void LiveCore::start_pulse(std::uint32_t axon, Row& row, Picoseconds now) {
    const std::int32_t sign = row.waiting < 0 ? -1 : 1;
    row.waiting -= sign;
    row.driven = true;
    ++rows_on_;
    change_level(axon, sign);
    edges_.push({.time = now + pulse_, .axon = axon, .pulses = 0});
    activity_.record(Activity::row_pulse);
    activity_.record(Activity::energy_drivers, driver_meter_.add(array_.input.driver.si()));
}

void LiveCore::change_level(std::uint32_t axon, double level) {
    const double before = std::exchange(level_[axon], level);
    if (before == level) return;
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        if (axon < tiles_[t].first_axon() || axon >= tiles_[t].first_axon() + tiles_[t].axons()) continue;
        changed_[t] = 1;
        if (before == 0.0) ++driven_[t];
        if (level == 0.0) --driven_[t];
        if (level != 0.0) ++charged_[t];
    }
}

/// Reads the tiles whose rows have changed, and hands the neurons their new currents.
void LiveCore::update_currents(Picoseconds now, std::vector<TimedSpike>& spikes) {
    bool any = false;
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        if (changed_[t] == 0) continue;
        changed_[t] = 0;
        any = true;
        read_tile(t);
    }
    if (!any) return;
    std::fill(current_.begin(), current_.end(), 0.0);
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        if (driven_[t] == 0) continue;
        const std::vector<SensedColumn>& sensed = tiles_[t].sensed();
        for (std::size_t k = 0; k < sensed.size(); ++k) current_[sensed[k].neuron] += sensed[k].factor * values_[t][k];
    }
    for (std::size_t k = 0; k < current_.size(); ++k) current_[k] *= mirror_[k];
    const std::size_t before = spikes.size();
    neurons_->drive(seconds_of(now), rows_on_ > 0 ? DrivePhase::pulse : DrivePhase::rest, current_, spikes);
    activity_.record(Activity::spike, spikes.size() - before);
}

void LiveCore::read_tile(std::size_t tile) {
    power_[tile] = {};
    std::fill(values_[tile].begin(), values_[tile].end(), 0.0);
    const double charged = std::exchange(charged_[tile], 0U);
    if (driven_[tile] == 0) return;
    const TileRead read = tiles_[tile].read(level_, ++events_, values_[tile]);
    power_[tile] = read.power;
    activity_.record(Activity::energy_wires, wire_meter_.add(read.charging * charged / driven_[tile]));
    activity_.record(Activity::array_read, tiles_[tile].arrays());
}

/// What flowed since the last edge.
void LiveCore::count_power(Picoseconds now) {
    const double seconds = seconds_of(now - counted_to_);
    counted_to_ = now;
    if (rows_on_ == 0 || seconds <= 0.0) return;
    ReadPower total;
    for (const ReadPower& power : power_) total += power;
    activity_.record(Activity::energy_cells, cell_meter_.add(total.cells * seconds));
    activity_.record(Activity::energy_wires, wire_meter_.add(total.wires * seconds));
}

void LiveCore::settle(Picoseconds now) {
    count_power(now);
    const double energy = neurons_->energy();
    activity_.record(Activity::energy_columns, column_meter_.add(energy - std::exchange(neuron_energy_, energy)));
}

void LiveCore::reset(Picoseconds now) {
    settle(now);
    edges_ = {};
    rows_.assign(rows_.size(), Row{});
    std::fill(level_.begin(), level_.end(), 0.0);
    std::fill(changed_.begin(), changed_.end(), std::uint8_t{0});
    std::fill(driven_.begin(), driven_.end(), 0U);
    std::fill(charged_.begin(), charged_.end(), 0U);
    std::fill(power_.begin(), power_.end(), ReadPower{});
    std::fill(current_.begin(), current_.end(), 0.0);
    rows_on_ = 0;
    neurons_->reset(seconds_of(now));
    neuron_energy_ = neurons_->energy();
}

ProgrammingTotals LiveCore::programming() const {
    ProgrammingTotals totals;
    for (const CrossbarTile& tile : tiles_) totals += tile.programming();
    return totals;
}

std::size_t LiveCore::arrays() const {
    std::size_t count = 0;
    for (const CrossbarTile& tile : tiles_) count += tile.arrays();
    return count;
}

}  // namespace spikefab
