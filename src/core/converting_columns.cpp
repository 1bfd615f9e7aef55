// SPDX-License-Identifier: Apache-2.0
// Columns that end in shared SAR converters; the codes are added up digitally for the core's neurons.
#include "core/column_stage.hpp"

#include "base/contract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace spikefab {
namespace {

/// The converters of one tile; column k uses number k / columns_per_adc.
struct TileConverters {
    std::vector<SarAdc> converters;
    std::vector<double> charge;  ///< of each sensed column since the last conversion
    double level_sum = 0.0;
    bool touched = false;
};

template <class Sum>
class ConvertingColumns final : public ColumnStage {
public:
    ConvertingColumns(std::unique_ptr<NeuronArray<Sum>> neurons, const SarAdcParams& adc,
                      const std::vector<CrossbarTile>& tiles, const ColumnContext& context)
        : neurons_{std::move(neurons)},
          adc_{adc},
          tiles_{tiles},
          sums_(neurons_->size(), 0.0),
          inputs_(neurons_->size()),
          due_((neurons_->size() + 63) / 64, 0) {
        const std::uint64_t key = Rng::key_of(context.seed, context.name + ".adc");
        std::uint32_t number = 0;
        for (const CrossbarTile& tile : tiles) {
            TileConverters set;
            const AdcLimits limits = adc_limits(adc, {.rows = tile.axons(),
                                                      .negative = tile.subtracts(),
                                                      .cell_step = 1.0,
                                                      .input_step = 1.0,
                                                      .root_square = std::max(tile.largest_root_square(), 1e-12)});
            for (std::size_t column = 0; column < tile.sensed().size(); column += adc.columns_per_adc)
                set.converters.emplace_back(adc, limits, Rng{key, number++, 0});
            set.charge.resize(tile.sensed().size());
            sets_.push_back(std::move(set));
        }
    }

    void begin(std::uint64_t step) override {
        step_ = step;
        work_ = {};
    }

    void add(std::size_t tile, std::span<const double> values, double level_sum) override {
        TileConverters& set = sets_[tile];
        for (std::size_t k = 0; k < values.size(); ++k) set.charge[k] += values[k];
        set.level_sum += level_sum;
        set.touched = true;
    }

    void end_pulse(double /*seconds*/, double factor, bool convert) override {
        if (!convert) return;
        std::size_t longest = 0;
        for (std::size_t t = 0; t < sets_.size(); ++t) {
            if (!sets_[t].touched) continue;
            longest = std::max(longest, std::min<std::size_t>(adc_.columns_per_adc, sets_[t].charge.size()));
            convert_tile(tiles_[t], sets_[t], factor);
        }
        work_.seconds += static_cast<double>(longest) * adc_.conversion_time().si();
    }

    ColumnWork finish(bool read, std::vector<Spike>& spikes) override {
        if (read) {
            for (std::size_t k = 0; k < sums_.size(); ++k) {
                if constexpr (std::is_integral_v<Sum>) {
                    inputs_[k] = static_cast<Sum>(std::lround(sums_[k]));
                } else {
                    inputs_[k] = sums_[k];
                }
                due_[k / 64] |= std::uint64_t{1} << (k % 64);
            }
        }
        neurons_->step(step_, due_, inputs_, spikes);
        std::fill(sums_.begin(), sums_.end(), 0.0);
        std::fill(due_.begin(), due_.end(), 0);
        work_.energy = static_cast<double>(work_.conversions) * adc_.conversion_energy().si();
        return work_;
    }

    [[nodiscard]] bool awake() const override { return neurons_->awake(); }
    void reset(std::uint64_t step) override { neurons_->reset(step); }
    void draw_from(DrawSource source) override { neurons_->draw_from(source); }
    void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) override {
        neurons_->visit_state(neuron, step, visitor);
    }

private:
    void convert_tile(const CrossbarTile& tile, TileConverters& set, double factor) {
        const double offset = tile.digital_offset() * set.level_sum;
        std::uint32_t last = 0xffffffffU;
        for (std::size_t k = 0; k < set.charge.size(); ++k) {
            const SensedColumn& sensed = tile.sensed()[k];
            double& sum = sums_[sensed.neuron];
            sum += factor * sensed.factor * set.converters[k / adc_.columns_per_adc].convert(set.charge[k]);
            if (sensed.neuron != last) sum -= factor * offset;  // once per neuron, whatever its number of slices
            last = sensed.neuron;
        }
        work_.conversions += set.charge.size();
        std::fill(set.charge.begin(), set.charge.end(), 0.0);
        set.level_sum = 0.0;
        set.touched = false;
    }

    std::unique_ptr<NeuronArray<Sum>> neurons_;
    SarAdcParams adc_;
    const std::vector<CrossbarTile>& tiles_;
    std::vector<TileConverters> sets_;
    std::vector<double> sums_;  ///< weight sums of this frame
    std::vector<Sum> inputs_;
    std::vector<std::uint64_t> due_;
    std::uint64_t step_ = 0;
    ColumnWork work_;
};

}  // namespace

std::unique_ptr<ColumnStage> make_converting_columns(const CoreImage& image, const NeuronModel& model, const SarAdcParams& adc,
                                                     const std::vector<CrossbarTile>& tiles, const ColumnContext& context) {
    if (model.integer())
        return std::make_unique<ConvertingColumns<std::int32_t>>(model.make_integer_array(image.neurons), adc, tiles, context);
    return std::make_unique<ConvertingColumns<double>>(model.make_real_array(image.neurons), adc, tiles, context);
}

}  // namespace spikefab
