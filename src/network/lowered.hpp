// SPDX-License-Identifier: Apache-2.0
// The network in a chip's numbers: neuron parameters by the keys of the chip's neuron model, weights as its synapse
// memory holds them, and what rounding cost.
#pragma once

#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "models/neuron/neuron_model.hpp"
#include "models/plasticity/learning_engine.hpp"
#include "network/network.hpp"
#include "network/sparse_matrix.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

struct LoweredPopulation {
    std::string name{};
    LayerShape shape{};
    std::size_t size = 0;
    bool is_input = false;
    NeuronParameters parameters{};  ///< of `size` neurons; empty for an input
    PopulationId parent{};          ///< its neurons are compartments of this population's; not valid: they are whole neurons
    std::vector<PopulationId> compartments{};  ///< populations whose neurons are compartments of this one's
};

/// A crossbar of one-bit synapses: each axon has one of four types, each neuron one signed weight per type. A source that
/// needs more than one type in a core arrives on several axons, its copies: copy t has type t.
struct AxonTypes {
    std::uint32_t copies = 0;                                 ///< axons per source, 1..4; 0: the chip has no axon types
    std::vector<std::array<std::int16_t, 4>> type_weights{};  ///< per neuron of target
    std::vector<std::uint8_t> type_mask{};  ///< parallel to the weights: bit t set = the synapse with copy t is 1
};

struct LoweredProjection {
    std::string name{};
    PopulationId source{}, target{};
    SparseMatrix<float> weights{};       ///< integers kept as float where the model is an integer one; zeros are dropped
    int weight_exponent = 0;             ///< the synaptic sum is (sum of weights) * 2^weight_exponent
    std::uint32_t delay = 0;             ///< extra steps, beyond the one that every spike takes
    std::vector<std::uint8_t> delays{};  ///< parallel to the weights: extra steps of each synapse, on top; empty: none
    std::optional<LearningParameters> learning{};  ///< the rule that changes the weights; absent: none
    PopulationId reward{};                         ///< spikes of this population are rewards of the rule; or none
    AxonTypes axons{};  ///< where the chip has axon types: weights = sum of type_weights over the mask

    /// Of synapse number `entry`, in steps beyond the one that every spike takes.
    [[nodiscard]] std::uint32_t delay_of(std::size_t entry) const { return delay + (delays.empty() ? 0U : delays[entry]); }
    [[nodiscard]] std::uint32_t longest_delay() const {
        return delay + (delays.empty() ? 0U : *std::max_element(delays.begin(), delays.end()));
    }
};

/// What one layer lost on its way into the chip's numbers. Errors are in units of the layer's largest |weight|.
struct LayerLoweringReport {
    std::string layer{};  ///< the target population
    double scale = 1.0;   ///< chip units per unit of weight
    int weight_exponent = 0;
    double weight_error_max = 0.0;  ///< largest |chip weight / scale - weight| / max |weight|
    double weight_error_rms = 0.0;
    std::uint64_t synapses = 0;         ///< kept
    std::uint64_t weights_to_zero = 0;  ///< nonzero weights that became 0
    std::uint64_t clipped = 0;          ///< weights, thresholds or biases moved into range
    double threshold_error_max = 0.0;   ///< largest |chip threshold / scale - threshold| / |threshold|
    double bias_error_max = 0.0;        ///< largest |chip bias / scale - bias| / max |weight|
    double decay_error_max = 0.0;       ///< largest error of a leak or decay factor per step
    [[nodiscard]] bool exact() const;
};

struct LoweringReport {
    std::vector<LayerLoweringReport> layers{};
    std::vector<std::string> notes{};  ///< assumptions and warnings, one sentence each
};

/// The report as an aligned table, notes below it.
[[nodiscard]] std::string to_text(const LoweringReport& report);

struct LoweredNetwork {
    std::string name{};
    std::string neuron_model{};                               ///< the registered model that `parameters` belong to
    Time dt{};                                                ///< what one step stands for in the network
    IdVector<PopulationId, LoweredPopulation> populations{};  ///< ids as in Network
    std::vector<LoweredProjection> projections{};             ///< order as in Network
    std::vector<PopulationId> outputs{};
    LoweringReport report{};

    [[nodiscard]] std::size_t neurons() const;  ///< without inputs
    [[nodiscard]] std::uint64_t synapses() const;
};

}  // namespace spikefab
