// SPDX-License-Identifier: Apache-2.0
// Lowering to analog neurons at the foot of a crossbar's columns (models/column, models/spintronic). Weights stay real;
// the one number of a neuron is its threshold, which sets the mirror between column and neuron. Leak, reset and refractory
// time are the device's own and the same for all neurons.
#include "network/lowering_rule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {
namespace {

/// `has_memory`: the potential survives from step to step, as the device's leak lets it.
template <bool has_memory>
class LowerToColumnNeuron final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& /*options*/,
                                     const ChipLimits& /*limits*/, std::vector<std::string>& notes) const override {
        check(layer);
        LoweredLayer result;
        ParameterTable table{layer.population->name, {"threshold"}};
        for (std::size_t i = 0; i < layer.size(); ++i) table.add({layer.population->v_threshold[i]});
        result.parameters = table.take();
        WeightErrors errors;
        for (const Projection* input : layer.inputs) {
            result.projections.push_back(
                {.weights = chip_weights(layer, *input, [](double effective, std::size_t) { return effective; })});
            for_each_weight(layer, *input, [&](std::size_t, double effective) {
                errors.add(effective, static_cast<double>(static_cast<float>(effective)), 1.0);
            });
        }
        errors.write_to(result.report);
        note_memory(layer, notes);
        return result;
    }

private:
    static void check(const DiscreteLayer& layer) {
        const Population& population = *layer.population;
        if (layer.has_current()) layer.refuse("an analog column neuron has no synaptic current; use LIF or IF neurons");
        if (layer.reset == ResetRule::subtract)
            layer.refuse("an analog column neuron is reset to where it starts; train with reset to 0 (reset: to_value)");
        for (std::size_t i = 0; i < layer.size(); ++i) {
            if (population.v_threshold[i] <= 0.0)
                layer.refuse(fmt::format("neuron {}: its threshold is {}; the column of an analog neuron needs one above 0", i,
                                         population.v_threshold[i]));
            if (layer.drive[i] != 0.0 || population.v_reset[i] != 0.0)
                layer.refuse(fmt::format("neuron {}: bias {} and v_reset {} must be 0 on an analog column neuron", i,
                                         layer.drive[i], population.v_reset[i]));
            if (!has_memory && layer.membrane_rate[i] != 1.0)
                layer.refuse(
                    fmt::format("neuron {}: it keeps {} of its potential per step, but the device is reset after "
                                "every pulse; train neurons without memory (tau = dt)",
                                i, 1.0 - layer.membrane_rate[i]));
        }
    }

    static void note_memory(const DiscreteLayer& layer, std::vector<std::string>& notes) {
        if (!has_memory || layer.size() == 0) return;
        const auto [least, most] = std::minmax_element(layer.membrane_rate.begin(), layer.membrane_rate.end());
        notes.push_back(*least == *most
                            ? fmt::format("layer '{}' was trained to keep {:.4g} of its potential per step; what the chip's "
                                          "neurons keep follows from their own leak and the tick",
                                          layer.population->name, 1.0 - *least)
                            : fmt::format("layer '{}' was trained to keep {:.4g} to {:.4g} of its potential per step; the "
                                          "chip's neurons all have the same leak",
                                          layer.population->name, 1.0 - *most, 1.0 - *least));
    }
};

[[maybe_unused]] const bool registered_rc_lif =
    register_lowering<LowerToColumnNeuron<true>>("rc_lif", "weights and thresholds; the leak is the circuit's");
[[maybe_unused]] const bool registered_dpi =
    register_lowering<LowerToColumnNeuron<true>>("dpi", "weights and thresholds; leak and synapse are the circuit's");
[[maybe_unused]] const bool registered_dw_lif =
    register_lowering<LowerToColumnNeuron<true>>("dw_lif", "weights and thresholds; the leak is the wall's");
[[maybe_unused]] const bool registered_mtj =
    register_lowering<LowerToColumnNeuron<false>>("mtj_stochastic", "weights, and thresholds at which it fires half the time");
[[maybe_unused]] const bool registered_sllg =
    register_lowering<LowerToColumnNeuron<false>>("mtj_sllg", "weights, and thresholds at which it fires half the time");

}  // namespace
}  // namespace spikefab
