// SPDX-License-Identifier: Apache-2.0
// What a neuron model's lowering must provide, and the tools that lowerings share.
#pragma once

#include "base/registry.hpp"
#include "network/discrete.hpp"
#include "network/lowered.hpp"
#include "network/lowering.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// One layer in the chip's numbers.
struct LoweredLayer {
    NeuronParameters parameters{};
    std::vector<LoweredProjection> projections{};  ///< parallel to DiscreteLayer::inputs; name and ends are filled by `lower`
    LayerLoweringReport report{};
};

/// How layers become the numbers of one neuron model. One file in network/lowering per model, registered under its name.
class LoweringRule {
public:
    virtual ~LoweringRule() = default;
    /// InputError when the layer needs what the model does not have or a value does not fit.
    [[nodiscard]] virtual LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& options,
                                             const ChipLimits& limits, std::vector<std::string>& notes) const = 0;
};

template <class Rule>
[[nodiscard]] bool register_lowering(std::string_view neuron_model, std::string_view summary) {
    return Registry<LoweringRule>::instance().add({neuron_model, summary, [] { return std::make_unique<Rule>(); }});
}

/// Builds NeuronParameters row by row; equal rows are kept once.
class ParameterTable final {
public:
    ParameterTable(std::string layer, std::vector<std::string> columns);
    void add(std::vector<double> row);
    [[nodiscard]] NeuronParameters take() { return std::move(table_); }

private:
    std::string layer_;
    NeuronParameters table_;
    std::map<std::vector<double>, std::uint16_t> known_;
};

/// `value` if it is in range; else an InputError that names layer, neuron, what, value and range, or the nearest bound and one
/// more `clipped` when options say so. `advice`: what else a person can do.
[[nodiscard]] double fitted_to(ChipRange range, double value, std::string_view what, std::size_t neuron,
                               const DiscreteLayer& layer, const LoweringOptions& options, LayerLoweringReport& report,
                               std::string_view advice = "rescale the layer");

/// Gathers weight errors of a layer; `effective` and `chip / scale` are in the network's units.
class WeightErrors final {
public:
    void add(double effective, double chip, double scale);
    void write_to(LayerLoweringReport& report) const;

private:
    double largest_weight_ = 0.0;
    double largest_error_ = 0.0;
    double squares_ = 0.0;
    std::uint64_t weights_ = 0;
    std::uint64_t synapses_ = 0;
    std::uint64_t to_zero_ = 0;
};

/// Calls `visit(target neuron, weight * gain)` for every synapse, in the order of the matrix.
template <class Visit>
void for_each_weight(const DiscreteLayer& layer, const Projection& input, const Visit& visit) {
    for (std::size_t neuron = 0; neuron < layer.size(); ++neuron)
        for (const double weight : input.weights.values_of(neuron)) visit(neuron, layer.effective(weight, neuron));
}

/// The matrix of what `chip(weight * gain, target neuron)` makes of every weight; zeros are dropped.
template <class Chip>
[[nodiscard]] SparseMatrix<float> chip_weights(const DiscreteLayer& layer, const Projection& input, const Chip& chip) {
    SparseMatrix<float> result{.rows = input.weights.rows, .columns = input.weights.columns};
    for (std::size_t neuron = 0; neuron < layer.size(); ++neuron) {
        const auto sources = input.weights.sources_of(neuron);
        const auto weights = input.weights.values_of(neuron);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            const auto value = static_cast<float>(chip(layer.effective(weights[i], neuron), neuron));
            if (value == 0.0F) continue;
            result.sources.push_back(sources[i]);
            result.values.push_back(value);
        }
        result.offsets.push_back(result.entries());
    }
    return result;
}

/// The largest |weight * gain| of a layer; 0 without synapses.
[[nodiscard]] double largest_effective_weight(const DiscreteLayer& layer);

/// The smallest q <= `most` such that every value is a multiple of (largest |value|) / q but for rounding of 32-bit floats;
/// 0 when there is none. Finds the integers behind weights that were quantised and then scaled.
[[nodiscard]] unsigned common_quantum(std::span<const double> values, unsigned most);

}  // namespace spikefab
