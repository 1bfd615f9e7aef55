// SPDX-License-Identifier: Apache-2.0
// Columns that end in analog neurons: pulses of current, then rest until the next frame; spikes are sampled after the pulses.
#include "core/column_stage.hpp"

#include "base/error.hpp"
#include "core/weight_tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikefab {
namespace {

/// What of a neuron a person may look at.
struct Observed {
    double potential = 0.0;
    static constexpr auto fields =
        std::tuple{field("potential", &Observed::potential, "the model's own state variable, in SI units")};
};

class NeuronColumns final : public ColumnStage {
public:
    NeuronColumns(const CoreImage& image, const ColumnNeuronModel& model, double pulse, const std::vector<CrossbarTile>& tiles,
                  const ColumnContext& context)
        : tiles_{tiles},
          name_{context.name},
          frame_{context.frame_seconds},
          neurons_{model.make_array(image.neurons.neurons(), context.seed, context.name + ".neurons")},
          current_(neurons_->size(), 0.0),
          rest_(neurons_->size(), 0.0),
          fired_(neurons_->size(), 0) {
        const double firing = model.firing_current(pulse);
        for (const double threshold : thresholds_of(image.neurons)) mirror_.push_back(firing / threshold);
    }

    void begin(std::uint64_t step) override {
        now_ = static_cast<double>(step) * frame_;
        end_ = now_ + frame_;
    }

    void add(std::size_t tile, std::span<const double> values, double /*level_sum*/) override {
        const std::vector<SensedColumn>& sensed = tiles_[tile].sensed();
        for (std::size_t k = 0; k < values.size(); ++k) current_[sensed[k].neuron] += sensed[k].factor * values[k];
    }

    void end_pulse(double seconds, double factor, bool /*convert*/) override {
        if (now_ + seconds > end_)
            throw SimulationError{
                fmt::format("{}: the pulses of one step are longer than the tick of {}; use a longer tick, "
                            "shorter pulses (array.input.t_pulse), or input: {{mode: dac}}",
                            name_, format(Time::from_si(frame_)))};
        for (std::size_t k = 0; k < current_.size(); ++k) current_[k] *= factor * mirror_[k];
        neurons_->drive(now_, DrivePhase::pulse, current_, found_);
        std::fill(current_.begin(), current_.end(), 0.0);
        now_ += seconds;
    }

    ColumnWork finish(bool read, std::vector<Spike>& spikes) override {
        if (read) neurons_->drive(now_, DrivePhase::rest, rest_, found_);
        for (const TimedSpike& spike : found_) fired_[spike.neuron] += spike.payload;
        found_.clear();
        for (std::uint32_t k = 0; k < fired_.size(); ++k)
            if (fired_[k] != 0) spikes.push_back({k, fired_[k]});
        std::fill(fired_.begin(), fired_.end(), 0);
        const double energy = neurons_->energy();
        return {.conversions = 0, .energy = energy - std::exchange(counted_, energy), .seconds = 0.0};
    }

    [[nodiscard]] bool awake() const override { return false; }
    void reset(std::uint64_t step) override { neurons_->reset(static_cast<double>(step + 1) * frame_); }
    void draw_from(DrawSource /*source*/) override {}  // devices have streams of their own
    void visit_state(std::size_t neuron, std::uint64_t /*step*/, FieldVisitor& visitor) override {
        Observed state{neurons_->observable(neuron)};
        visit_fields(visitor, state);
    }

private:
    const std::vector<CrossbarTile>& tiles_;
    std::string name_;
    double frame_;  ///< s
    std::unique_ptr<ColumnNeuronArray> neurons_;
    std::vector<double> mirror_;   ///< A of a weight sum of 1
    std::vector<double> current_;  ///< of this pulse: weight sums, then A
    std::vector<double> rest_;     ///< no current
    std::vector<TimedSpike> found_;
    std::vector<std::int32_t> fired_;
    double now_ = 0.0;
    double end_ = 0.0;
    double counted_ = 0.0;  ///< J reported so far
};

}  // namespace

std::unique_ptr<ColumnStage> make_neuron_columns(const CoreImage& image, const ColumnNeuronModel& model, double pulse,
                                                 const std::vector<CrossbarTile>& tiles, const ColumnContext& context) {
    return std::make_unique<NeuronColumns>(image, model, pulse, tiles, context);
}

}  // namespace spikefab
