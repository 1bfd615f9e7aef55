// SPDX-License-Identifier: Apache-2.0
// What stands at the foot of a core's columns: converters in front of digital neurons, or analog neurons.
#pragma once

#include "core/crossbar_tile.hpp"
#include "models/neuron/neuron_model.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace spikefab {

/// What a column stage did in one frame.
struct ColumnWork {
    std::uint64_t conversions = 0;
    double energy = 0.0;   ///< J
    double seconds = 0.0;  ///< after the pulses
};

/// One frame: `begin`, then for every pulse `add` for every tile that was read and `end_pulse`, then `finish`.
class ColumnStage {
public:
    virtual ~ColumnStage() = default;
    virtual void begin(std::uint64_t step) = 0;
    /// Values of the sensed columns of tile `tile`, and the sum of its rows' levels.
    virtual void add(std::size_t tile, std::span<const double> values, double level_sum) = 0;
    /// The pulse ends after `seconds`. `factor`: what its values count; `convert`: sample the columns now.
    virtual void end_pulse(double seconds, double factor, bool convert) = 0;
    /// Spikes of the frame, by rising neuron. `read` is false when no row was driven.
    virtual ColumnWork finish(bool read, std::vector<Spike>& spikes) = 0;

    [[nodiscard]] virtual bool awake() const = 0;
    virtual void reset(std::uint64_t step) = 0;
    virtual void draw_from(DrawSource source) = 0;
    virtual void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) = 0;
};

/// Where a stage's random numbers and clock come from.
struct ColumnContext {
    std::uint64_t seed = 1;
    std::string name;            ///< of the core's streams, "core.3"
    double frame_seconds = 0.0;  ///< period of a step; analog neurons live in it
};

[[nodiscard]] std::unique_ptr<ColumnStage> make_converting_columns(const CoreImage& image, const NeuronModel& model,
                                                                   const SarAdcParams& adc,
                                                                   const std::vector<CrossbarTile>& tiles,
                                                                   const ColumnContext& context);

/// Neurons whose column currents are mirrored so that a weight sum of the neuron's "threshold" makes it fire in one pulse of
/// `pulse` seconds. InputError when the model cannot.
[[nodiscard]] std::unique_ptr<ColumnStage> make_neuron_columns(const CoreImage& image, const ColumnNeuronModel& model,
                                                               double pulse, const std::vector<CrossbarTile>& tiles,
                                                               const ColumnContext& context);

}  // namespace spikefab
