// SPDX-License-Identifier: Apache-2.0
// Lowering to the floating-point leaky integrate-and-fire neurons (models/neuron/lif.cpp and alif.cpp, whose parameters have
// the same keys): nothing is rounded but weights to 32-bit floats. What NIR does not have (refractory periods, adaptation) is
// the chip's or the experiment's (network.neurons).
#include "network/lowering_rule.hpp"

namespace spikefab {
namespace {

constexpr double reset_to_value = 0.0;  // order of the model's choices
constexpr double reset_subtract = 1.0;

class LowerToLif final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& /*options*/,
                                     const ChipLimits& /*limits*/, std::vector<std::string>& /*notes*/) const override {
        if (layer.has_current())
            layer.refuse("floating-point LIF neurons have no synaptic current; use 'loihi_cuba', which has one");
        LoweredLayer result{.parameters = parameters(layer)};
        WeightErrors errors;
        for (const Projection* input : layer.inputs) {
            result.projections.push_back(
                {.weights = chip_weights(layer, *input, [](double effective, std::size_t) { return effective; })});
            for_each_weight(layer, *input, [&](std::size_t, double effective) {
                errors.add(effective, static_cast<double>(static_cast<float>(effective)), 1.0);
            });
        }
        errors.write_to(result.report);
        return result;
    }

private:
    [[nodiscard]] static NeuronParameters parameters(const DiscreteLayer& layer) {
        const Population& population = *layer.population;
        ParameterTable table{population.name, {"leak", "threshold", "bias", "reset_value", "reset"}};
        const double reset = layer.reset == ResetRule::subtract ? reset_subtract : reset_to_value;
        for (std::size_t i = 0; i < layer.size(); ++i)
            table.add({1.0 - layer.membrane_rate[i], population.v_threshold[i], layer.drive[i], population.v_reset[i], reset});
        return table.take();
    }
};

[[maybe_unused]] const bool registered = register_lowering<LowerToLif>("lif", "floating point, exact but for 32-bit weights") &&
                                         register_lowering<LowerToLif>("alif", "as lif; the adaptation is not in NIR");

}  // namespace
}  // namespace spikefab
