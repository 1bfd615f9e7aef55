// SPDX-License-Identifier: Apache-2.0
// Lowering to TrueNorth's neuron (models/neuron/truenorth.cpp) and its crossbar of one-bit synapses with axon types.
//
// Two kinds of layer exist on the chip (docs/truenorth-mapping.md):
//   LIF with tau = dt forgets all: it fires iff its sum is at least T. leak = 1 - T, threshold = 1, and V below 0 becomes 0,
//     held there (TrueNorth's saturation) or reset to it (RANC), so V is 0 after every tick.
//   IF forgets nothing: threshold = floor(v_threshold) + 1, as the chip fires at V >= threshold; leak = bias.
// Every neuron has its own scale from potentials to integers, since it has its own four axon-type weights.
#include "network/axon_code.hpp"
#include "network/lowering_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace spikefab {
namespace {

// Ranges of models/neuron/truenorth.cpp.
constexpr ChipRange leak_range{-256.0, 255.0};
constexpr double highest_threshold = 262143.0;
constexpr double largest_whole_weight = 255.0;
constexpr ChipRange weight_range{-largest_whole_weight, largest_whole_weight};
constexpr unsigned most_codes = 15;  ///< nonempty subsets of four types
constexpr double reset_normal = 0.0;
constexpr double reset_linear = 1.0;
constexpr double saturate = 1.0;

/// What a neuron's numbers can be: the model's own bounds, or what a potential of few bits that wraps can be compared with.
struct Ranges {
    explicit Ranges(const ChipLimits& limits) {
        const ChipRange held = limits.potential();
        threshold.upper = std::min(threshold.upper, held.upper);
        potential = {std::max(potential.lower, held.lower), std::min(potential.upper, held.upper)};
        lowest_potential = std::min(lowest_potential, -held.lower);
    }
    ChipRange threshold{1.0, highest_threshold};
    ChipRange potential{-highest_threshold - 1.0, highest_threshold};
    double lowest_potential = highest_threshold;  ///< beta of an IF neuron: V is held there, which NIR does not do
};

enum class Memory { none, all };

Memory memory_of(const DiscreteLayer& layer) {
    if (layer.has_current()) layer.refuse("TrueNorth has no synaptic current; use LIF with tau = dt, or IF");
    const auto& rates = layer.membrane_rate;
    if (std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 1.0; })) return Memory::none;
    if (std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 0.0; })) return Memory::all;
    layer.refuse(
        "TrueNorth's leak is a number added every tick, not a share of the potential: only LIF with tau = dt (no memory) and "
        "IF "
        "(no leak) can be lowered");
}

/// A neuron's weights as integers with their code: integer = round(weight * scale).
struct Coded {
    double scale = 1.0;
    bool exact = true;  ///< no weight was rounded
    AxonCode code{};
};

/// Finds codes; neurons often share their set of weights, so those are remembered.
class Coder final {
public:
    Coder(const DiscreteLayer& layer, const LoweringOptions& options) : layer_{layer}, options_{options} {}

    [[nodiscard]] Coded code(std::size_t neuron, std::span<const double> weights, double scale_limit) {
        if (options_.scale != ScalePolicy::per_layer)
            if (auto exact = exact_code(weights)) return *exact;
        if (options_.scale == ScalePolicy::exact)
            layer_.refuse(
                fmt::format("neuron {}: scale: exact needs integer weights that are sums of four axon-type weights; its {} "
                            "weights are not; use scale: auto",
                            neuron, weights.size()));
        return binary_code(weights, scale_limit);
    }

private:
    /// Integers as they are, or the integers behind weights that are multiples of something.
    [[nodiscard]] std::optional<Coded> exact_code(std::span<const double> weights) {
        const bool whole = std::all_of(weights.begin(), weights.end(), [](double weight) {
            return is_whole(snapped(weight)) && std::abs(weight) < largest_whole_weight + 1.0;
        });
        if (whole)
            if (const auto code = remembered(integers(weights, 1.0))) return Coded{.code = *code};
        const unsigned quantum = options_.scale == ScalePolicy::fitted ? common_quantum(weights, most_codes) : 0;
        if (quantum == 0) return std::nullopt;
        const double scale = quantum / largest(weights);
        if (const auto code = remembered(integers(weights, scale))) return Coded{.scale = scale, .code = *code};
        return std::nullopt;
    }

    /// Rounds to the four-bit code (1, 2, 4, -8) or its mirror image, whichever leaves finer steps.
    [[nodiscard]] Coded binary_code(std::span<const double> weights, double scale_limit) {
        double highest = 0.0;
        double lowest = 0.0;
        for (const double weight : weights) {
            highest = std::max(highest, weight);
            lowest = std::min(lowest, weight);
        }
        const auto widest = [&](double up, double down) {
            return std::min(up / std::max(highest, 1e-300), down / std::max(-lowest, 1e-300));
        };
        const double scale = std::min(
            std::max(widest(widest_positive_code, -widest_negative_code), widest(-widest_negative_code, widest_positive_code)),
            scale_limit);
        const auto code = remembered(integers(weights, scale));
        return {.scale = scale, .exact = false, .code = *code};
    }

    [[nodiscard]] static double largest(std::span<const double> weights) {
        double result = 0.0;
        for (const double weight : weights) result = std::max(result, std::abs(weight));
        return result;
    }
    [[nodiscard]] static std::vector<int> integers(std::span<const double> weights, double scale) {
        std::set<int> different;
        for (const double weight : weights) different.insert(static_cast<int>(std::lround(weight * scale)));
        different.erase(0);
        return {different.begin(), different.end()};
    }
    [[nodiscard]] std::optional<AxonCode> remembered(const std::vector<int>& weights) {
        const auto [place, is_new] = known_.try_emplace(weights);
        if (is_new) place->second = axon_code(weights);
        return place->second;
    }

    const DiscreteLayer& layer_;
    const LoweringOptions& options_;
    std::map<std::vector<int>, std::optional<AxonCode>> known_;
};

/// Scales that are not 1 come from 32-bit floats, whose rounding is no difference.
double scaled(double value, double scale) {
    return scale == 1.0 ? value : snapped(value * scale);
}

/// A weight as an integer of the chip.
double on_chip(double weight, const Coded& neuron) {
    return std::clamp(std::round(weight * neuron.scale), weight_range.lower, weight_range.upper);
}

/// All weights that end at one neuron, over all inputs of the layer.
std::vector<double> weights_of(const DiscreteLayer& layer, std::size_t neuron) {
    std::vector<double> weights;
    for (const Projection* input : layer.inputs)
        for (const double weight : input->weights.values_of(neuron)) weights.push_back(layer.effective(weight, neuron));
    return weights;
}

class LowerToTrueNorth final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& options, const ChipLimits& limits,
                                     std::vector<std::string>& notes) const override {
        const Memory memory = memory_of(layer);
        const Ranges ranges{limits};
        LoweredLayer result;
        const std::vector<Coded> neurons = code_neurons(layer, memory, options, ranges, result.report);
        const unsigned copies = most_copies(neurons);
        for (const Projection* input : layer.inputs) result.projections.push_back(projection(layer, *input, neurons, copies));
        report_weights(layer, neurons, result.report);
        result.parameters = memory == Memory::none ? forgetting(layer, neurons, options, result.report)
                                                   : integrating(layer, neurons, options, ranges, result.report);
        if (memory == Memory::all && layer.reset == ResetRule::subtract)
            notes.push_back(fmt::format(
                "layer '{}': TrueNorth subtracts its threshold, floor(v_threshold) + 1, after a spike, not v_threshold",
                layer.population->name));
        return result;
    }

private:
    [[nodiscard]] static std::vector<Coded> code_neurons(const DiscreteLayer& layer, Memory memory,
                                                         const LoweringOptions& options, const Ranges& ranges,
                                                         LayerLoweringReport& report) {
        Coder coder{layer, options};
        std::vector<Coded> neurons;
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const double threshold =
                std::abs(layer.population->v_threshold[i] - (memory == Memory::none ? layer.drive[i] : 0.0));
            const double highest = memory == Memory::none ? -leak_range.lower : ranges.threshold.upper - 1.0;
            const double limit = threshold > 0.0 ? highest / threshold : std::numeric_limits<double>::infinity();
            std::vector<double> weights = weights_of(layer, i);
            if (options.scale == ScalePolicy::exact)  // else they are scaled into range
                for (double& weight : weights) weight = fitted_to(weight_range, weight, "weight", i, layer, options, report);
            neurons.push_back(coder.code(i, weights, limit));
        }
        return neurons;
    }

    [[nodiscard]] static unsigned most_copies(const std::vector<Coded>& neurons) {
        unsigned copies = 1;
        for (const Coded& neuron : neurons) copies = std::max(copies, neuron.code.copies);
        return copies;
    }

    [[nodiscard]] static int integer(const DiscreteLayer& layer, double weight, std::size_t neuron, const Coded& coded) {
        return static_cast<int>(on_chip(layer.effective(weight, neuron), coded));
    }

    [[nodiscard]] static LoweredProjection projection(const DiscreteLayer& layer, const Projection& input,
                                                      const std::vector<Coded>& neurons, unsigned copies) {
        LoweredProjection result{.axons = {.copies = copies}};
        result.weights = chip_weights(
            layer, input, [&](double effective, std::size_t neuron) { return on_chip(effective, neurons[neuron]); });
        for (std::size_t i = 0; i < layer.size(); ++i) {
            result.axons.type_weights.push_back(neurons[i].code.type_weights);
            for (const float weight : result.weights.values_of(i))
                result.axons.type_mask.push_back(neurons[i].code.mask_of_weight.at(static_cast<int>(weight)));
        }
        return result;
    }

    static void report_weights(const DiscreteLayer& layer, const std::vector<Coded>& neurons, LayerLoweringReport& report) {
        WeightErrors errors;
        report.scale = std::numeric_limits<double>::infinity();
        for (const Coded& neuron : neurons) report.scale = std::min(report.scale, neuron.scale);
        for (const Projection* input : layer.inputs)
            for (std::size_t i = 0; i < layer.size(); ++i)
                for (const double weight : input->weights.values_of(i)) {
                    const double effective = layer.effective(weight, i);
                    const double chip = integer(layer, weight, i, neurons[i]);
                    errors.add(neurons[i].exact ? chip / neurons[i].scale : effective, chip, neurons[i].scale);
                }
        errors.write_to(report);
    }

    /// T, the smallest integer sum that fires: sum + drive > v_threshold. A T out of reach of the weights may be any such.
    [[nodiscard]] static double smallest_firing_sum(const DiscreteLayer& layer, std::size_t neuron, const Coded& coded) {
        double highest = 0.0;
        double lowest = 0.0;
        for (const double weight : weights_of(layer, neuron)) {
            const double chip = on_chip(weight, coded);
            (chip > 0.0 ? highest : lowest) += chip;
        }
        const double sum = std::floor(scaled(layer.population->v_threshold[neuron] - layer.drive[neuron], coded.scale)) + 1.0;
        return std::clamp(sum, lowest, highest + 1.0);
    }

    [[nodiscard]] static NeuronParameters forgetting(const DiscreteLayer& layer, const std::vector<Coded>& neurons,
                                                     const LoweringOptions& options, LayerLoweringReport& report) {
        ParameterTable table{layer.population->name, {"leak", "threshold", "negative_threshold", "reset_potential"}};
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const double leak = fitted_to(leak_range, 1.0 - smallest_firing_sum(layer, i, neurons[i]),
                                          "leak (1 - smallest firing sum)", i, layer, options, report);
            const double wanted = (layer.population->v_threshold[i] - layer.drive[i]) * neurons[i].scale;
            if (!neurons[i].exact) note_threshold(std::floor(wanted), wanted, report);
            table.add({leak + 0.0, 1.0, 0.0, 0.0});
        }
        return table.take();
    }

    [[nodiscard]] static NeuronParameters integrating(const DiscreteLayer& layer, const std::vector<Coded>& neurons,
                                                      const LoweringOptions& options, const Ranges& ranges,
                                                      LayerLoweringReport& report) {
        ParameterTable table{
            layer.population->name,
            {"leak", "threshold", "negative_threshold", "reset_potential", "negative_saturation", "reset_mode"}};
        const double mode = layer.reset == ResetRule::subtract ? reset_linear : reset_normal;
        const double largest_weight = std::max(largest_effective_weight(layer), 1e-300);
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const double scale = neurons[i].scale;
            const double wanted = scaled(layer.population->v_threshold[i], scale);
            const double threshold =
                fitted_to(ranges.threshold, std::floor(wanted) + 1.0, "threshold", i, layer, options, report);
            const double leak =
                fitted_to(leak_range, std::round(layer.drive[i] * scale), "leak (bias)", i, layer, options, report);
            const double reset = fitted_to(ranges.potential, std::round(layer.population->v_reset[i] * scale),
                                           "reset potential", i, layer, options, report);
            report.bias_error_max = std::max(report.bias_error_max, error_of(leak / scale, layer.drive[i]) / largest_weight);
            if (!neurons[i].exact || !is_whole(snapped(layer.drive[i] * scale)))
                note_threshold(threshold - 1.0, wanted, report);
            table.add({leak + 0.0, threshold, ranges.lowest_potential, reset + 0.0, saturate, mode});
        }
        return table.take();
    }

    [[nodiscard]] static double error_of(double chip, double wanted) {
        return snapped(wanted) == chip ? 0.0 : std::abs(chip - wanted);
    }
    static void note_threshold(double chip, double wanted, LayerLoweringReport& report) {
        if (wanted != 0.0)
            report.threshold_error_max = std::max(report.threshold_error_max, std::abs(chip - wanted) / std::abs(wanted));
    }
};

[[maybe_unused]] const bool registered =
    register_lowering<LowerToTrueNorth>("truenorth", "one-bit synapses with four axon types, weights from subset sums");

}  // namespace
}  // namespace spikefab
