// SPDX-License-Identifier: Apache-2.0
// Lowering to neurons whose equations NIR does not know (models/neuron/izhikevich.cpp, resonate_and_fire.cpp): weights and
// biases are taken as they are, all other parameters from the chip or the experiment (network.neurons).
#include "network/lowering_rule.hpp"

namespace spikefab {
namespace {

class LowerWeightsOnly final : public LoweringRule {
public:
    [[nodiscard]] LoweredLayer lower(const DiscreteLayer& layer, const LoweringOptions& /*options*/,
                                     const ChipLimits& /*limits*/, std::vector<std::string>& notes) const override {
        if (layer.has_current()) layer.refuse("this neuron model has no synaptic current of its own; write the layer as IF");
        LoweredLayer result;
        WeightErrors errors;
        for (const Projection* input : layer.inputs) {
            result.projections.push_back(
                {.weights = chip_weights(layer, *input, [](double effective, std::size_t) { return effective; })});
            for_each_weight(layer, *input, [&](std::size_t, double effective) {
                errors.add(effective, static_cast<double>(static_cast<float>(effective)), 1.0);
            });
        }
        errors.write_to(result.report);
        ParameterTable table{layer.population->name, {"bias"}};
        for (std::size_t i = 0; i < layer.size(); ++i) table.add({layer.drive[i]});
        result.parameters = table.take();
        notes.push_back(
            fmt::format("layer '{}': its threshold, leak and reset in the file are not those of the chip's neurons, "
                        "whose parameters come from the chip and from network.neurons",
                        layer.population->name));
        return result;
    }
};

[[maybe_unused]] const bool registered =
    register_lowering<LowerWeightsOnly>("izhikevich", "weights and biases only, as currents") &&
    register_lowering<LowerWeightsOnly>("resonate_and_fire", "weights and biases only, as pulses");

}  // namespace
}  // namespace spikefab
