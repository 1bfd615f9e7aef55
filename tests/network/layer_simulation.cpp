// SPDX-License-Identifier: Apache-2.0
// Synaptic sums by source, and one neuron array per population.
#include "network/layer_simulation.hpp"

#include "models/neuron/neuron_model.hpp"

#include <cmath>

namespace spikefab {
namespace {

/// A projection turned around: the synapses of every source.
struct BySource {
    PopulationId source;
    double factor;
    std::vector<std::vector<std::pair<std::uint32_t, double>>> synapses;
};

BySource by_source(const LoweredProjection& projection) {
    BySource result{.source = projection.source, .factor = std::exp2(projection.weight_exponent), .synapses = {}};
    result.synapses.resize(projection.weights.columns);
    for (std::uint32_t target = 0; target < projection.weights.rows; ++target) {
        const auto sources = projection.weights.sources_of(target);
        for (std::size_t i = 0; i < sources.size(); ++i)
            result.synapses[sources[i]].emplace_back(target, projection.weights.values_of(target)[i]);
    }
    return result;
}

}  // namespace

class LayerSimulation::Layer {
public:
    Layer(const LoweredNetwork& network, PopulationId id)
        : model_{Registry<NeuronModel>::instance().make(network.neuron_model)}, sums_(network.populations[id].size, 0.0) {
        const NeuronParameters& parameters = network.populations[id].parameters;
        if (model_->integer()) {
            integers_ = model_->make_integer_array(parameters);
        } else {
            reals_ = model_->make_real_array(parameters);
        }
        for (const LoweredProjection& projection : network.projections)
            if (projection.target == id) inputs_.push_back(by_source(projection));
    }

    void reset() { integers_ ? integers_->reset(0) : reals_->reset(0); }

    std::vector<std::uint32_t> step(std::uint64_t step, const StepSpikes& spikes, std::uint64_t& synaptic_events) {
        for (const BySource& input : inputs_)
            for (const std::uint32_t source : spikes[input.source.value()])
                for (const auto& [target, weight] : input.synapses[source]) {
                    sums_[target] += weight * input.factor;
                    ++synaptic_events;
                }
        const std::vector<std::uint64_t> due((sums_.size() + 63) / 64, ~std::uint64_t{0});
        std::vector<Spike> fired;
        if (integers_) {
            std::vector<std::int32_t> whole(sums_.begin(), sums_.end());
            integers_->step(step, masked(due), whole, fired);
        } else {
            std::vector<double> real = sums_;
            reals_->step(step, masked(due), real, fired);
        }
        std::fill(sums_.begin(), sums_.end(), 0.0);
        std::vector<std::uint32_t> neurons;
        for (const Spike& spike : fired) neurons.push_back(spike.neuron);
        return neurons;
    }

private:
    [[nodiscard]] std::vector<std::uint64_t> masked(std::vector<std::uint64_t> due) const {
        if (sums_.size() % 64 != 0) due.back() = (std::uint64_t{1} << (sums_.size() % 64)) - 1;
        return due;
    }

    std::unique_ptr<NeuronModel> model_;
    std::unique_ptr<NeuronArray<std::int32_t>> integers_;
    std::unique_ptr<NeuronArray<double>> reals_;
    std::vector<BySource> inputs_;
    std::vector<double> sums_;
};

LayerSimulation::LayerSimulation(const LoweredNetwork& network, Arrival arrival)
    : arrival_{arrival}, before_(network.populations.size()) {
    for (std::uint32_t i = 0; i < network.populations.size(); ++i)
        layers_.push_back(network.populations[PopulationId{i}].is_input ? nullptr
                                                                        : std::make_unique<Layer>(network, PopulationId{i}));
}

LayerSimulation::~LayerSimulation() = default;

void LayerSimulation::reset() {
    step_ = 0;
    before_.assign(layers_.size(), {});
    for (const auto& layer : layers_)
        if (layer) layer->reset();
}

StepSpikes LayerSimulation::step(const std::vector<std::uint32_t>& inputs) {
    ++step_;
    StepSpikes spikes(layers_.size());
    const StepSpikes& arriving = arrival_ == Arrival::next_step ? before_ : spikes;
    for (std::size_t i = 0; i < layers_.size(); ++i)
        spikes[i] = layers_[i] ? layers_[i]->step(step_, arriving, synaptic_events_) : inputs;
    before_ = spikes;
    return spikes;
}

}  // namespace spikefab
