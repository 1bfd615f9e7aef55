// SPDX-License-Identifier: Apache-2.0
// What a digital core computes, whatever it takes: spikes in, one pass over its neurons per step, spikes out.
#pragma once

#include "models/neuron/neuron_model.hpp"
#include "plan/core_image.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikefab {

/// What one pass did.
struct PassResult {
    std::uint32_t synaptic_events = 0;  ///< processed in the pass (cores that scan by neuron)
    std::uint32_t active_axons = 0;     ///< axons with a spike in this step (cores that scan by neuron)
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
    virtual void visit_state(std::size_t neuron, std::uint64_t step, FieldVisitor& visitor) = 0;
};

/// How far ahead of its step a spike may arrive, and when its synapses are processed.
struct FunctionOptions {
    std::uint32_t longest_axon_delay = 1;  ///< steps
    bool scan_by_neuron = false;           ///< synapses are processed in the pass, not on arrival
};

[[nodiscard]] std::unique_ptr<CoreFunction> make_core_function(const CoreImage& image, const NeuronModel& model,
                                                               const FunctionOptions& options);

}  // namespace spikefab
