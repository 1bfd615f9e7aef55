// SPDX-License-Identifier: Apache-2.0
// Synthetic networks made directly as core memories: loads of a known shape for benches and for power models.
#pragma once

#include "base/registry.hpp"
#include "plan/chip_plan.hpp"
#include "plan/core_image.hpp"

#include <concepts>
#include <memory>

namespace spikefab {

/// A registered generator with its parameters; YAML picks it: `network: {generator: {model: random_lists, ...}}`.
class NetworkGenerator {
public:
    virtual ~NetworkGenerator() = default;
    [[nodiscard]] virtual std::unique_ptr<NetworkGenerator> clone() const = 0;
    virtual void visit(FieldVisitor& visitor) = 0;
    /// InputError when the chip's cores cannot hold what the parameters ask for.
    [[nodiscard]] virtual Placement make(const ChipPlan& chip, std::uint64_t seed) const = 0;
};

template <class Model>
concept GeneratorBehaviour = requires(const typename Model::Params& params, const ChipPlan& chip, std::uint64_t seed) {
    { Model::name } -> std::convertible_to<std::string_view>;
    { Model::summary } -> std::convertible_to<std::string_view>;
    { Model::make(params, chip, seed) } -> std::same_as<Placement>;
    requires HasFields<typename Model::Params>;
};

template <GeneratorBehaviour Model>
class RegisteredGenerator final : public NetworkGenerator {
public:
    [[nodiscard]] std::unique_ptr<NetworkGenerator> clone() const override {
        return std::make_unique<RegisteredGenerator>(*this);
    }
    void visit(FieldVisitor& visitor) override { visit_fields(visitor, params_); }
    [[nodiscard]] Placement make(const ChipPlan& chip, std::uint64_t seed) const override {
        return Model::make(params_, chip, seed);
    }

private:
    typename Model::Params params_{};
};

template <GeneratorBehaviour Model>
[[nodiscard]] bool register_generator() {
    return Registry<NetworkGenerator>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<RegisteredGenerator<Model>>(); }});
}

/// A placement of one population "neurons" with `neurons` on every core of the chip, no input and no output.
[[nodiscard]] Placement make_recurrent_placement(const ChipPlan& chip, std::uint32_t neurons);

/// `rows` parameter rows that make neurons of `model` fire every `period` steps, neuron n of a core in phase n mod period.
/// InputError for models whose drive is not known here.
[[nodiscard]] NeuronParameters periodic_neurons(const std::string& model, std::uint32_t neurons, std::uint32_t period);

}  // namespace spikefab
