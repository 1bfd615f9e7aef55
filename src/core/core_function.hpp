// SPDX-License-Identifier: Apache-2.0
// What a core computes, whatever it takes: spikes in, one pass over its neurons per step, spikes out.
#pragma once

#include "base/picoseconds.hpp"
#include "models/neuron/neuron_model.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace spikefab {

class Learner;
struct SynapseGroup;

/// What the analog part of a core did in one pass.
struct AnalogWork {
    std::uint64_t array_reads = 0;    ///< pulses of arrays
    std::uint64_t driven_rows = 0;    ///< pulses of rows
    std::uint64_t conversions = 0;    ///< by ADCs
    std::uint64_t cell_energy = 0;    ///< aJ
    std::uint64_t wire_energy = 0;    ///< aJ, drivers and sense circuits included
    std::uint64_t driver_energy = 0;  ///< aJ, of the row drivers' own circuits
    std::uint64_t column_energy = 0;  ///< aJ
};

/// What one pass did.
struct PassResult {
    std::uint32_t synaptic_events = 0;  ///< processed in the pass (cores that scan by neuron, analog cores)
    std::uint32_t active_axons = 0;     ///< axons with a spike in this step (likewise)
    Picoseconds before_neurons = 0;     ///< from the start of the pass until the neuron pipeline starts
    std::optional<AnalogWork> analog;   ///< analog cores
};

class CoreFunction {
public:
    virtual ~CoreFunction() = default;
    /// A spike on `axon` that acts in `step`. Returns the synaptic events processed now.
    virtual std::uint32_t receive(std::uint32_t axon, std::int32_t payload, std::uint64_t step) = 0;
    /// Runs `step`. `spikes()` and `active()` tell of it until the next call.
    virtual PassResult run(std::uint64_t step) = 0;
    [[nodiscard]] virtual std::span<const Spike> spikes() const = 0;
    /// Bitmap of neurons that had input in the last step run.
    [[nodiscard]] virtual std::span<const std::uint64_t> active() const = 0;
    /// True when a neuron may fire in the next step without any input.
    [[nodiscard]] virtual bool awake() const = 0;
    /// Forgets everything, as if `step` were the last step done.
    virtual void reset(std::uint64_t step) = 0;
    virtual void draw_from(DrawSource source) = 0;
    /// Null where nothing learns. `receive` and `run` tell it nothing of arriving spikes: the core does (Core::receive).
    [[nodiscard]] virtual Learner* learner() { return nullptr; }
    /// The axon groups of the image with their synapses as they are now.
    [[nodiscard]] virtual std::span<const SynapseGroup> groups() const { return {}; }
    virtual void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) = 0;
};

/// How far ahead of its step a spike may arrive, and when its synapses are processed.
struct FunctionOptions {
    std::uint32_t longest_axon_delay = 1;  ///< steps
    bool scan_by_neuron = false;           ///< synapses are processed in the pass, not on arrival
    std::uint32_t synapses_per_word = 1;   ///< of synaptic memory, for counting what learning reads and writes
};

[[nodiscard]] std::unique_ptr<CoreFunction> make_core_function(const CoreImage& image, const NeuronModel& model,
                                                               const FunctionOptions& options);

}  // namespace spikefab
