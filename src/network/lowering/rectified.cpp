// SPDX-License-Identifier: Apache-2.0
// Lowering to neurons that send graded activations (models/neuron/sigma_delta.cpp and akida.cpp): an IF layer becomes the
// rectified layer whose rates it stands for.
//
// The activation of a neuron is a = max(0, W s + bias) / v_threshold, where s are input spikes (1 each) or activations of other
// layers. A spike carries U a: U = 2^activation_bits - 1 levels up to a = 1 for akida, U = 2^activation_bits without an upper
// bound for sigma_delta. Sums on the chip are S times those of the network: a weight is W S where its source sends spikes, and
// W S / U where it sends activations. sigma_delta divides by a shift, so S v_threshold / U is a power of two, for each neuron;
// akida divides by its step, S v_threshold / U rounded. S is the largest for which all weights of the layer fit.
#include "network/lowering_rule.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

constexpr PopulationId input_population{0U};  ///< inputs come first, and a placement has exactly one
constexpr double largest_shift = 22.0;
constexpr ChipRange step_range{1.0, 1073741823.0};
constexpr ChipRange bias_range{-8388608.0, 8388607.0};

/// The largest |weight| of a layer in units of its neuron's threshold, an input spike counting as 1 and a level of an
/// activation as 1 / levels.
[[nodiscard]] double largest_relative_weight(const DiscreteLayer& layer, double levels) {
    double largest = 0.0;
    for (const Projection* input : layer.inputs) {
        const double carried = input->source == input_population ? 1.0 : 1.0 / levels;
        for_each_weight(layer, *input, [&](std::size_t neuron, double effective) {
            largest = std::max(largest, std::abs(effective) * carried / layer.population->v_threshold[neuron]);
        });
    }
    return largest;
}

void check(const DiscreteLayer& layer, const LoweringOptions& options, std::vector<std::string>& notes) {
    if (layer.has_current()) layer.refuse("neurons that send activations have no synaptic current; write the layer as IF");
    for (std::size_t i = 0; i < layer.size(); ++i)
        if (!(layer.population->v_threshold[i] > 0.0))
            layer.refuse(fmt::format("neuron {}: its threshold of {} must be above 0: activations are counted in it", i,
                                     layer.population->v_threshold[i]));
    if (options.scale == ScalePolicy::exact) layer.refuse("scale: exact is not for activations; use scale: auto");
    const bool leaks = std::any_of(layer.membrane_rate.begin(), layer.membrane_rate.end(),
                                   [](double rate) { return rate != 0.0 && rate != 1.0; });
    if (leaks)
        notes.push_back(fmt::format("layer '{}': its leak is not used: the chip's neurons send rectified sums, without a leak",
                                    layer.population->name));
}

/// Weights as integers; `scale[i]` is S of neuron i.
[[nodiscard]] LoweredLayer weights_of(const DiscreteLayer& layer, const std::vector<double>& scale, double levels, double limit,
                                      const LoweringOptions& options) {
    LoweredLayer result;
    WeightErrors errors;
    for (const Projection* input : layer.inputs) {
        const double carried = input->source == input_population ? 1.0 : 1.0 / levels;
        result.projections.push_back({.weights = chip_weights(layer, *input, [&](double effective, std::size_t neuron) {
                                          const double per_unit = scale[neuron] * carried;
                                          const double kept = fitted_to({-limit, limit}, std::round(effective * per_unit),
                                                                        "weight", neuron, layer, options, result.report);
                                          errors.add(effective, kept, per_unit);
                                          return kept;
                                      })});
    }
    errors.write_to(result.report);
    result.report.scale = scale.empty() ? 1.0 : *std::min_element(scale.begin(), scale.end());
    return result;
}

[[nodiscard]] double weight_limit(const LoweringOptions& options) {
    return std::max(1.0, std::exp2(options.weight_bits - 1) - 1.0);
}

class LowerToSigmaDelta final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& options, const ChipLimits& /*limits*/,
                                     std::vector<std::string>& notes) const override {
        check(layer, options, notes);
        const double levels = std::exp2(options.activation_bits);
        const double limit = weight_limit(options);
        const double largest = largest_relative_weight(layer, levels) * levels;
        const double shift = largest == 0.0 ? 0.0 : std::min(largest_shift, std::floor(std::log2(limit / largest)));
        if (shift < 0.0)
            layer.refuse(
                fmt::format("its weights reach {:.4g} times the threshold, too much for {} bits of weight and {} of "
                            "activation; use fewer activation_bits",
                            largest / levels, options.weight_bits, options.activation_bits));
        std::vector<double> scale;
        for (std::size_t i = 0; i < layer.size(); ++i)
            scale.push_back(std::exp2(shift) * levels / layer.population->v_threshold[i]);
        LoweredLayer result = weights_of(layer, scale, levels, limit, options);
        ParameterTable table{layer.population->name, {"bias", "shift", "threshold"}};
        for (std::size_t i = 0; i < layer.size(); ++i)
            table.add(
                {fitted_to(bias_range, std::round(layer.drive[i] * scale[i]), "bias", i, layer, options, result.report) + 0.0,
                 shift, std::exp2(shift)});
        result.parameters = table.take();
        return result;
    }
};

class LowerToAkida final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& options, const ChipLimits& /*limits*/,
                                     std::vector<std::string>& notes) const override {
        check(layer, options, notes);
        const double levels = std::exp2(options.activation_bits) - 1.0;
        const double limit = weight_limit(options);
        const double largest = largest_relative_weight(layer, levels);
        std::vector<double> scale;
        for (std::size_t i = 0; i < layer.size(); ++i)
            scale.push_back(largest == 0.0 ? 1.0 : limit / largest / layer.population->v_threshold[i]);
        LoweredLayer result = weights_of(layer, scale, levels, limit, options);
        ParameterTable table{layer.population->name, {"bits", "threshold", "step"}};
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const double wanted = scale[i] * layer.population->v_threshold[i] / levels;
            const double step =
                fitted_to(step_range, std::max(1.0, std::round(wanted)), "step", i, layer, options, result.report);
            result.report.threshold_error_max = std::max(result.report.threshold_error_max, std::abs(step - wanted) / wanted);
            const double bias =
                fitted_to(bias_range, std::round(layer.drive[i] * scale[i]), "bias", i, layer, options, result.report);
            table.add({static_cast<double>(options.activation_bits), 0.0 - bias, step});
        }
        result.parameters = table.take();
        return result;
    }
};

[[maybe_unused]] const bool registered =
    register_lowering<LowerToSigmaDelta>("sigma_delta", "IF layers as rectified sums, integers, changes sent") &&
    register_lowering<LowerToAkida>("akida", "IF layers as quantised rectified sums, integers");

}  // namespace
}  // namespace spikefab
