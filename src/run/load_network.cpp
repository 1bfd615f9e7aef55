// SPDX-License-Identifier: Apache-2.0
// NIR or a generator -> integers -> cores -> what the NoC makes of it.
#include "run/load_network.hpp"

#include "base/error.hpp"
#include "network/nir.hpp"
#include "plan/chip_limits.hpp"
#include "plan/dead_cores.hpp"
#include "plan/multicast.hpp"
#include "plan/place.hpp"
#include "run/compare_gpus.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

/// What the chip's NoC makes of a placement: which cores work, and how a spike reaches several.
void settle(LoadedNetwork& network, const ChipPlan& plan, const NetworkLoading& loading) {
    avoid_dead_cores(network.placement, plan);
    if (!plan.description().noc.routing->claims().multicast) return;
    if (loading.keeps_unicast) network.unicast = network.placement;
    use_multicast(network.placement, plan);
}

[[nodiscard]] std::uint32_t count_classes(const Experiment& experiment, std::size_t neurons) {
    const std::size_t classes = experiment.readout.classes == 0 ? neurons : experiment.readout.classes;
    if (neurons % classes != 0)
        throw InputError{fmt::format("readout.classes: {} output neurons cannot vote in {} equal groups", neurons, classes)};
    return static_cast<std::uint32_t>(classes);
}

/// The network in the chip's numbers, with what learns and what teaches.
[[nodiscard]] LoweredNetwork lower_network(const Experiment& experiment, const Network& network, const ChipPlan& plan) {
    const CoreDescription& type = plan.core_type(CoreId{0U});
    const LoweringOptions& options = experiment.network.lowering;
    LoweredNetwork lowered = lower(network, type.firing_model(), options, limits_of(type));
    if (type.neuron) {
        override_parameters(lowered, experiment.network.neurons, *type.neuron);
        fit_parameters(type, options.on_out_of_range, lowered);
    } else if (!experiment.network.neurons.empty()) {
        throw InputError{"network.neurons: the chip's analog neurons have parameters of their own (column.neuron in the chip)"};
    }
    attach_dendrites(lowered, experiment.network.dendrites);
    apply_learning(experiment.network.learning, experiment.seed, lowered);
    if (experiment.learn && experiment.learn->teacher && lowered.outputs.size() == 1)
        add_teacher(*experiment.learn->teacher, count_classes(experiment, lowered.populations[lowered.outputs.front()].size),
                    lowered);
    return lowered;
}

}  // namespace

LoadedNetwork load_network(const Experiment& experiment, const ChipPlan& plan, const NetworkLoading& loading) {
    if (experiment.network.generator) {
        const auto& generator = *experiment.network.generator;
        LoadedNetwork loaded{
            .name = generator.name(), .placement = generator->make(plan, experiment.seed), .work = {}, .notes = {}};
        settle(loaded, plan, loading);
        Placement& placement = loaded.placement;
        loaded.inputs = placement.populations[placement.input].size;
        loaded.classes = placement.output.valid() ? count_classes(experiment, placement.populations[placement.output].size) : 0;
        if (experiment.learn && experiment.learn->teacher && loaded.classes != 0)
            add_teacher(*experiment.learn->teacher, loaded.classes, placement);
        return loaded;
    }
    const Network network = read_nir(experiment.network.file);
    const LoweredNetwork lowered = lower_network(experiment, network, plan);
    loading.message(to_text(lowered.report));
    LoadedNetwork loaded{network.name, place(lowered, plan), dense_layers(network), network.notes, lowered.dt};
    loaded.inputs = static_cast<std::uint32_t>(network.populations[loaded.placement.input].size());
    loaded.classes = count_classes(experiment, loaded.placement.populations[loaded.placement.output].size);
    loaded.notes.insert(loaded.notes.end(), lowered.report.notes.begin(), lowered.report.notes.end());
    for (const LayerLoweringReport& layer : lowered.report.layers) loaded.clipped += layer.clipped;
    settle(loaded, plan, loading);
    loaded.notes.insert(loaded.notes.end(), loaded.placement.notes.begin(), loaded.placement.notes.end());
    return loaded;
}

}  // namespace spikefab
