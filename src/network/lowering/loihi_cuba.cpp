// SPDX-License-Identifier: Apache-2.0
// Lowering to Loihi's fixed-point compartments (models/neuron/loihi_compartment.hpp and the models that include it).
//
// The chip computes, with a the synaptic sum: u = keep(u) + 64 a, v = keep(v) + u + bias, spike when v > 64 * threshold, v = 0.
// One scale per layer turns potentials into chip units (a unit is 64 in v): a = scale * sum, threshold = scale * v_threshold,
// rounded, or down where scale * v is always an integer: that keeps "v > v_threshold" as it is. A v_reset other than 0 shifts
// the zero of v.
#include "network/lowering_rule.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab {
namespace {

// Ranges of models/neuron/loihi_compartment.hpp.
constexpr ChipRange threshold_range{0.0, 131071.0};
constexpr ChipRange state_range{-8388607.0, 8388607.0};
constexpr double bias_mantissa_limit = 4095.0;
constexpr double bias_exponent_limit = 7.0;
constexpr double bias_limit = bias_mantissa_limit * 128.0;
constexpr double decay_unit = 4096.0;
constexpr double state_per_unit = 64.0;  ///< v and u count in 1/64 of a weight's unit
constexpr int largest_exponent = 7;

struct Scale {
    double factor = 1.0;  ///< chip units per unit of potential
    int exponent = 0;     ///< stored weight = chip units / 2^exponent
};

/// Threshold and drive in the shifted coordinate in which the reset value is 0.
double threshold_of(const DiscreteLayer& layer, std::size_t neuron) {
    return layer.population->v_threshold[neuron] - layer.population->v_reset[neuron];
}
double drive_of(const DiscreteLayer& layer, std::size_t neuron) {
    return layer.drive[neuron] - layer.membrane_rate[neuron] * layer.population->v_reset[neuron];
}

/// True when scale * v of this neuron is always an integer, so that the floor of its threshold changes nothing.
bool steps_are_whole(const DiscreteLayer& layer, std::size_t neuron, double scale) {
    const bool forgets_all_or_nothing = layer.membrane_rate[neuron] == 0.0 || layer.membrane_rate[neuron] == 1.0;
    return forgets_all_or_nothing && layer.current_rate[neuron] == 1.0 && is_whole(drive_of(layer, neuron) * scale);
}

/// True when a scale of 1 loses nothing but in decays.
bool whole_neurons(const DiscreteLayer& layer) {
    for (std::size_t i = 0; i < layer.size(); ++i)
        if (!steps_are_whole(layer, i, 1.0) && !is_whole(threshold_of(layer, i))) return false;
    return true;
}

/// Weights that are integers already.
struct WholeWeights {
    bool whole = true;
    std::int64_t all_bits = 0;
    double largest = 0.0;
};

[[nodiscard]] WholeWeights whole_weights(const DiscreteLayer& layer) {
    WholeWeights found;
    for (const Projection* input : layer.inputs)
        for_each_weight(layer, *input, [&](std::size_t, double effective) {
            const double value = snapped(effective);
            found.whole &= is_whole(value) && std::abs(value) < 1e9;
            if (!found.whole) return;
            found.all_bits |= static_cast<std::int64_t>(std::abs(value));
            found.largest = std::max(found.largest, std::abs(value));
        });
    return found;
}

/// Their scale: 1, and a power of two taken out where they are too wide. Where that does not help and nothing else may, it is 1
/// still, and weights that do not fit are refused or clipped one by one.
[[nodiscard]] std::optional<Scale> exact_scale(const DiscreteLayer& layer, double limit, ScalePolicy policy) {
    const WholeWeights weights = whole_weights(layer);
    if (!weights.whole || !whole_neurons(layer)) return std::nullopt;
    Scale scale;
    while (weights.largest > limit * std::exp2(scale.exponent) && scale.exponent < largest_exponent &&
           (weights.all_bits >> scale.exponent) % 2 == 0)
        ++scale.exponent;
    if (weights.largest <= limit * std::exp2(scale.exponent)) return scale;
    return policy == ScalePolicy::exact ? std::optional{Scale{}} : std::nullopt;
}

/// The largest factor at which thresholds, drives and start values fit.
double neuron_limit(const DiscreteLayer& layer) {
    double limit = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < layer.size(); ++i) {
        if (threshold_of(layer, i) > 0.0) limit = std::min(limit, threshold_range.upper / threshold_of(layer, i));
        if (const double drive = std::abs(drive_of(layer, i)); drive > 0.0)
            limit = std::min(limit, bias_limit / (state_per_unit * drive));
    }
    return limit;
}

/// The quantum behind weights that were quantised before, if they have one.
unsigned quantum_of(const DiscreteLayer& layer, double limit) {
    std::vector<double> weights;
    for (const Projection* input : layer.inputs)
        for_each_weight(layer, *input, [&](std::size_t, double effective) { weights.push_back(effective); });
    return common_quantum(weights, static_cast<unsigned>(limit));
}

/// The largest weight takes the largest integer; or the largest multiple of its quantum, so that no weight is rounded.
Scale fitted_scale(const DiscreteLayer& layer, const LoweringOptions& options, double limit) {
    const double largest = largest_effective_weight(layer);
    const double bound = neuron_limit(layer);
    if (largest == 0.0) return {.factor = std::min(bound, 1.0)};
    const double widest = std::min(limit / largest, bound);
    if (options.scale == ScalePolicy::per_layer) return {.factor = widest};
    const unsigned quantum = quantum_of(layer, limit);
    if (quantum == 0) return {.factor = widest};
    const double per_multiple = quantum / largest;
    const double multiples = std::floor(widest / per_multiple * (1.0 + 1e-9));
    return {.factor = multiples >= 1.0 ? multiples * per_multiple : widest};
}

class LowerToLoihi : public LoweringRule {
public:
    explicit LowerToLoihi(std::string threshold_key = "threshold") : threshold_key_{std::move(threshold_key)} {}

    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& options, const ChipLimits& /*limits*/,
                                     std::vector<std::string>& /*notes*/) const override {
        if (layer.reset == ResetRule::subtract)
            layer.refuse(
                "Loihi resets the potential to 0 after a spike and cannot subtract the threshold; retrain with reset to_value, "
                "or set reset: to_value to accept the difference");
        const double limit = std::exp2(options.weight_bits - 1) - 1.0;
        const Scale scale = choose_scale(layer, options, limit);
        LoweredLayer result;
        result.report.scale = scale.factor;
        result.report.weight_exponent = scale.exponent;
        lower_weights(layer, scale, limit, options, result);
        result.parameters = lower_neurons(layer, scale.factor, options, result.report);
        return result;
    }

private:
    [[nodiscard]] static Scale choose_scale(const DiscreteLayer& layer, const LoweringOptions& options, double limit) {
        if (limit < 1.0) layer.refuse("weight_bits must be at least 2 for signed weights");
        if (options.scale != ScalePolicy::per_layer)
            if (const auto exact = exact_scale(layer, limit, options.scale)) return *exact;
        if (options.scale == ScalePolicy::exact)
            layer.refuse(fmt::format(
                "scale: exact needs weights that are integers (within +-{}, or that times a power of two) and integer "
                "thresholds; use scale: auto",
                limit));
        return fitted_scale(layer, options, limit);
    }

    static void lower_weights(const DiscreteLayer& layer, const Scale& scale, double limit, const LoweringOptions& options,
                              LoweredLayer& result) {
        const double stored_per_unit = scale.factor / std::exp2(scale.exponent);
        const double units_per_stored = std::exp2(scale.exponent);
        WeightErrors errors;
        for (const Projection* input : layer.inputs) {
            LoweredProjection projection{.weight_exponent = scale.exponent};
            projection.weights = chip_weights(layer, *input, [&](double effective, std::size_t neuron) {
                const double stored = std::round(snapped(effective) * stored_per_unit);
                const double kept = fitted_to({-limit, limit}, stored, "weight", neuron, layer, options, result.report);
                errors.add(snapped(effective), kept * units_per_stored, scale.factor);
                return kept;
            });
            result.projections.push_back(std::move(projection));
        }
        errors.write_to(result.report);
    }

    [[nodiscard]] NeuronParameters lower_neurons(const DiscreteLayer& layer, double scale, const LoweringOptions& options,
                                                 LayerLoweringReport& report) const {
        ParameterTable table{
            layer.population->name,
            {"current_decay", "voltage_decay", threshold_key_, "bias_mantissa", "bias_exponent", "initial_potential"}};
        const double largest_weight = std::max(largest_effective_weight(layer), 1e-300);
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const double wanted = threshold_of(layer, i) * scale;
            const bool whole = report.weight_error_max == 0.0 && steps_are_whole(layer, i, scale);
            const double threshold = fitted_to(threshold_range, whole ? std::floor(wanted) : std::round(wanted), "threshold", i,
                                               layer, options, report);
            if (!whole && wanted != 0.0)
                report.threshold_error_max =
                    std::max(report.threshold_error_max, std::abs(threshold - wanted) / std::abs(wanted));
            const auto [mantissa, exponent] = bias(layer, i, scale, options, report);
            const double bias_error = std::abs(mantissa * std::exp2(exponent) / (state_per_unit * scale) - drive_of(layer, i));
            report.bias_error_max = std::max(report.bias_error_max, bias_error / largest_weight);
            const double start = std::round(-layer.population->v_reset[i] * scale * state_per_unit);
            table.add({current_decay(layer.current_rate[i], report), voltage_decay(layer.membrane_rate[i], report), threshold,
                       mantissa, exponent,
                       fitted_to(state_range, start, "potential before step 1", i, layer, options, report) + 0.0});
        }
        return table.take();
    }

    /// The chip loses (du + 1) / 4096 of u per step; du = 4095 replaces u.
    [[nodiscard]] static double current_decay(double rate, LayerLoweringReport& report) {
        const double decay = std::clamp(std::round(rate * decay_unit) - 1.0, 0.0, decay_unit - 1.0);
        report.decay_error_max = std::max(report.decay_error_max, decay_error((decay + 1.0) / decay_unit, rate));
        return decay;
    }
    [[nodiscard]] static double voltage_decay(double rate, LayerLoweringReport& report) {
        const double decay = std::round(rate * decay_unit);
        report.decay_error_max = std::max(report.decay_error_max, decay_error(decay / decay_unit, rate));
        return decay;
    }
    /// Rates come from 32-bit floats, whose own rounding is no error of the chip.
    [[nodiscard]] static double decay_error(double chip, double rate) {
        const double error = std::abs(chip - rate);
        return error <= 1e-6 * rate ? 0.0 : error;
    }

    /// The smallest exponent whose mantissa fits is the most precise.
    [[nodiscard]] static std::pair<double, double> bias(const DiscreteLayer& layer, std::size_t neuron, double scale,
                                                        const LoweringOptions& options, LayerLoweringReport& report) {
        const double wanted = drive_of(layer, neuron) * scale * state_per_unit;
        const double value = fitted_to({-bias_limit, bias_limit}, wanted, "bias", neuron, layer, options, report);
        double exponent = 0.0;
        while (std::abs(std::round(value / std::exp2(exponent))) > bias_mantissa_limit && exponent < bias_exponent_limit)
            exponent += 1.0;
        return {std::round(value / std::exp2(exponent)) + 0.0, exponent};
    }

    std::string threshold_key_;
};

/// NIR has one threshold: it becomes the upper one, the lower one is the chip's or the experiment's (network.neurons).
class LowerToTernary final : public LowerToLoihi {
public:
    LowerToTernary() : LowerToLoihi{"upper_threshold"} {}
};

[[maybe_unused]] const bool registered =
    register_lowering<LowerToLoihi>("loihi_cuba", "signed integer weights, one scale per layer") &&
    register_lowering<LowerToLoihi>("loihi_dendrites", "as loihi_cuba; trees come from network.dendrites") &&
    register_lowering<LowerToTernary>("loihi_ternary", "as loihi_cuba; v_threshold is the upper threshold");

}  // namespace
}  // namespace spikefab
