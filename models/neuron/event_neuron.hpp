// SPDX-License-Identifier: Apache-2.0
// Neurons that work event by event instead of step by step: each synaptic event is a `step` of its own, and leakage comes
// with events of a time reference (ODIN). What such a model must provide, and the array that runs it.
#pragma once

#include "models/neuron/neuron_model.hpp"

#include <algorithm>

namespace spikefab {

/// `step` is one synaptic event of weight `input`; `time_reference` lets time pass. Both return the payload of a spike.
template <class Model>
concept EventBehaviour = std::same_as<typename Model::Input, std::int32_t> && PlainStep<Model> &&
    requires(typename Model::State& state, const typename ConstantsOf<Model>::Type& constants) {
    { Model::time_reference(state, constants) } -> std::convertible_to<std::int32_t>;
};

/// Optional: which way spikes of its sources move the weights of a neuron in this state (1 up, -1 down, 0 not at all).
template <class Model>
concept DirectsPlasticity = requires(const typename Model::State& state, const typename ConstantsOf<Model>::Type& constants) {
    { Model::plasticity(state, constants) } -> std::same_as<std::int8_t>;
};

/// One such model over flat arrays.
template <EventBehaviour Model>
class EventArray final : public EventNeurons {
public:
    using Params = typename Model::Params;
    using Constants = typename ConstantsOf<Model>::Type;
    using State = typename Model::State;

    EventArray(const std::vector<Params>& params, const std::vector<std::uint16_t>& row_of_neuron)
        : state_(row_of_neuron.size()), plasticity_(row_of_neuron.size(), 0) {
        for (const std::uint16_t row : row_of_neuron) {
            if (row >= params.size()) throw InputError{"a neuron names a parameter row that the table does not have"};
            constants_.push_back(Constants(params[row]));
        }
        reset();
    }

    [[nodiscard]] std::size_t size() const override { return state_.size(); }

    void receive(std::size_t first, std::span<const std::int32_t> input, std::vector<Spike>& spikes) override {
        for (std::size_t i = 0; i < input.size(); ++i)
            finish(first + i, Model::step(state_[first + i], constants_[first + i], input[i]), spikes);
    }

    void refer_to_time(std::size_t first, std::size_t count, std::vector<Spike>& spikes) override {
        for (std::size_t neuron = first; neuron < first + count; ++neuron)
            finish(neuron, Model::time_reference(state_[neuron], constants_[neuron]), spikes);
    }

    [[nodiscard]] std::span<const std::int8_t> plasticity() const override { return plasticity_; }

    void reset() override {
        for (std::size_t neuron = 0; neuron < state_.size(); ++neuron) {
            if constexpr (KnowsInitialState<Model>) {
                state_[neuron] = Model::initial(constants_[neuron]);
            } else {
                state_[neuron] = State{};
            }
        }
        std::fill(plasticity_.begin(), plasticity_.end(), 0);
    }

    void visit_state(std::size_t neuron, FieldVisitor& visitor) override { visit_fields(visitor, state_[neuron]); }

private:
    void finish(std::size_t neuron, std::int32_t payload, std::vector<Spike>& spikes) {
        if constexpr (DirectsPlasticity<Model>) plasticity_[neuron] = Model::plasticity(state_[neuron], constants_[neuron]);
        if (payload != 0) spikes.push_back({static_cast<std::uint32_t>(neuron), payload});
    }

    std::vector<Constants> constants_;  ///< per neuron
    std::vector<State> state_;
    std::vector<std::int8_t> plasticity_;
};

namespace detail {

template <EventBehaviour Model>
class RegisteredEventNeuron final : public RegisteredNeuron<Model> {
public:
    [[nodiscard]] std::unique_ptr<NeuronModel> clone() const override { return std::make_unique<RegisteredEventNeuron>(*this); }
    [[nodiscard]] std::unique_ptr<EventNeurons> make_event_neurons(const NeuronParameters& table) const override {
        return std::make_unique<EventArray<Model>>(this->params_of(table), table.row_of_neuron);
    }
};

}  // namespace detail

template <EventBehaviour Model>
[[nodiscard]] bool register_event_neuron_model() {
    return Registry<NeuronModel>::instance().add(
        {Model::name, Model::summary, [] { return std::make_unique<detail::RegisteredEventNeuron<Model>>(); }});
}

}  // namespace spikefab
