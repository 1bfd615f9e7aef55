// SPDX-License-Identifier: Apache-2.0
// Row pulses, arrays and column stage of one core, frame by frame.
#include "core/analog_function.hpp"

#include "base/error.hpp"
#include "core/array_learner.hpp"
#include "core/column_stage.hpp"
#include "core/energy_meter.hpp"
#include "core/row_schedule.hpp"
#include "core/weight_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace spikefab {
namespace {

/// Read events of a step are numbered from step * 4096 on: 12 bits of a row's input give at most 4,095 pulses.
constexpr std::uint64_t events_per_step = 4096;

class AnalogFunction final : public AnalogCore {
public:
    AnalogFunction(const CoreImage& image, const CoreDescription& type, const AnalogOptions& options)
        : array_{*type.array},
          sample_seconds_{type.columns.sample.si()},
          lists_{std::get<WeightLists>(image.synapses)},
          neurons_{image.neurons.neurons()},
          tiles_{make_tiles(lists_, neurons_, array_, options.seed, options.name)},
          schedule_{lists_.axons(), options.longest_axon_delay + std::size_t{1}},
          active_((neurons_ + 63) / 64, 0),
          level_(lists_.axons(), 0.0) {
        for (const CrossbarTile& tile : tiles_) values_.emplace_back(tile.sensed().size());
        const ColumnContext context{options.seed, options.name, options.frame_seconds};
        stage_ = type.columns.adc ? make_converting_columns(image, *type.neuron, *type.columns.adc, tiles_, context)
                                  : make_neuron_columns(image, **type.columns.neuron, array_.input.pulse.si(), tiles_, context);
        if (lists_.learns()) learner_.emplace(lists_, neurons_, *array_.update, tiles_);
    }

    std::uint32_t receive(std::uint32_t axon, std::int32_t payload, std::uint64_t step) override {
        schedule_.add(axon, payload, step);
        return 0;
    }

    PassResult run(std::uint64_t step) override {
        const std::vector<std::uint32_t>& rows = schedule_.settle(step);
        PassResult result{.analog = AnalogWork{}};
        result.active_axons = static_cast<std::uint32_t>(rows.size());
        for (const std::uint32_t axon : rows) result.synaptic_events += lists_.offsets[axon + 1] - lists_.offsets[axon];
        spikes_.clear();
        stage_->begin(step);
        double seconds = rows.empty() ? 0.0 : read_frame(step, rows, *result.analog);
        const ColumnWork columns = stage_->finish(!rows.empty(), spikes_);
        if (!rows.empty()) seconds += columns.seconds + sample_seconds_;
        mark_active(!rows.empty());
        result.analog->conversions = columns.conversions;
        result.analog->column_energy = column_meter_.add(columns.energy);
        result.before_neurons = static_cast<Picoseconds>(std::llround(seconds * 1e12));
        schedule_.clear(step);
        if (learner_) learner_->learner().target_spikes(spikes_, step);
        return result;
    }

    [[nodiscard]] std::span<const Spike> spikes() const override { return spikes_; }
    [[nodiscard]] std::span<const std::uint64_t> active() const override { return active_; }
    [[nodiscard]] bool awake() const override { return stage_->awake(); }
    void reset(std::uint64_t step) override {
        stage_->reset(step);
        schedule_.clear();
        if (learner_) learner_->learner().forget();
    }
    [[nodiscard]] Learner* learner() override { return learner_ ? &learner_->learner() : nullptr; }
    [[nodiscard]] std::span<const SynapseGroup> groups() const override {
        return learner_ ? learner_->groups() : std::span<const SynapseGroup>{};
    }
    void draw_from(DrawSource source) override { stage_->draw_from(source); }
    void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) override {
        stage_->visit_state(neuron, step, visitor);
    }
    [[nodiscard]] ProgrammingTotals programming() const override {
        ProgrammingTotals totals;
        for (const CrossbarTile& tile : tiles_) totals += tile.programming();
        return totals;
    }
    [[nodiscard]] std::size_t arrays() const override {
        std::size_t count = 0;
        for (const CrossbarTile& tile : tiles_) count += tile.arrays();
        return count;
    }

private:
    /// Turns the counts of one step into pulses. Returns the time they take.
    double read_frame(std::uint64_t step, const std::vector<std::uint32_t>& rows, AnalogWork& work) {
        const std::span<const std::int32_t> counts = schedule_.row(step);
        std::int32_t most = 0;
        for (const std::uint32_t axon : rows) most = std::max(most, std::abs(counts[axon]));
        std::uint64_t pulses = 0;
        const auto pulse = [&](auto level_of_count, double factor, bool convert) {
            for (const std::uint32_t axon : rows)
                level_[axon] = std::copysign(level_of_count(std::abs(counts[axon])), static_cast<double>(counts[axon]));
            read_tiles(step * events_per_step + pulses++, work);
            stage_->end_pulse(array_.input.pulse.si(), factor, convert);
        };
        const auto limit = static_cast<std::int32_t>((1U << array_.input.bits) - 1U);
        switch (array_.input.mode) {
            case RowInput::spikes:
            case RowInput::pwm:
                for (std::int32_t k = 0; k < most; ++k)
                    pulse([k](std::int32_t count) { return count > k ? 1.0 : 0.0; }, 1.0, k + 1 == most);
                break;
            case RowInput::dac:
                pulse([limit](std::int32_t count) { return static_cast<double>(std::min(count, limit)) / limit; },
                      static_cast<double>(limit), true);
                break;
            case RowInput::bit_serial:
                for (std::uint32_t bit = 0; bit < array_.input.bits && (most >> bit) != 0; ++bit)
                    pulse([=](std::int32_t count) { return (std::min(count, limit) >> bit & 1) != 0 ? 1.0 : 0.0; },
                          std::ldexp(1.0, static_cast<int>(bit)), true);
                break;
        }
        for (const std::uint32_t axon : rows) level_[axon] = 0.0;
        return static_cast<double>(pulses) * array_.input.pulse.si();
    }

    /// One pulse on the rows whose level is not 0.
    void read_tiles(std::uint64_t event, AnalogWork& work) {
        const double seconds = array_.input.pulse.si();
        ReadPower power;
        double charging = 0.0;
        std::uint64_t driven = 0;
        for (std::size_t t = 0; t < tiles_.size(); ++t) {
            const TileRead read = tiles_[t].read(level_, event, values_[t]);
            if (read.driven_rows == 0) continue;
            stage_->add(t, values_[t], read.level_sum);
            power += read.power;
            charging += read.charging;
            driven += read.driven_rows;
            work.array_reads += tiles_[t].arrays();
        }
        work.driven_rows += driven;
        work.cell_energy += cell_meter_.add(power.cells * seconds);
        work.wire_energy += wire_meter_.add(power.wires * seconds + charging);
        work.driver_energy += driver_meter_.add(static_cast<double>(driven) * array_.input.driver.si());
    }

    /// A frame that reads its arrays reads all columns, so every neuron has input.
    void mark_active(bool read) {
        std::fill(active_.begin(), active_.end(), read ? ~std::uint64_t{0} : 0);
        if (read && neurons_ % 64 != 0) active_.back() = (std::uint64_t{1} << (neurons_ % 64)) - 1;
    }

    const ArrayDescription& array_;
    double sample_seconds_;
    const WeightLists& lists_;
    std::size_t neurons_;
    std::vector<CrossbarTile> tiles_;
    RowSchedule schedule_;
    std::unique_ptr<ColumnStage> stage_;
    std::optional<ArrayLearner> learner_;
    std::vector<std::uint64_t> active_;
    std::vector<double> level_;                ///< of every axon in this pulse, in read voltages
    std::vector<std::vector<double>> values_;  ///< of every tile's sensed columns
    std::vector<Spike> spikes_;
    EnergyMeter cell_meter_;
    EnergyMeter wire_meter_;
    EnergyMeter driver_meter_;
    EnergyMeter column_meter_;
};

}  // namespace

std::unique_ptr<AnalogCore> make_analog_function(const CoreImage& image, const CoreDescription& type,
                                                 const AnalogOptions& options) {
    return std::make_unique<AnalogFunction>(image, type, options);
}

}  // namespace spikefab
