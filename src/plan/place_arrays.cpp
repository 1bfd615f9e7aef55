// SPDX-License-Identifier: Apache-2.0
// Placement for cores with analog crossbar arrays: each neuron joins the core where it needs the fewest new rows.
#include "base/error.hpp"
#include "plan/place.hpp"
#include "plan/place_common.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace spikefab {
namespace {

/// One neuron's synapses, by the number of their source in the layer.
struct FanIn {
    std::vector<std::uint32_t> sources;
    std::vector<float> weights;
};

/// A layer as one matrix of all that its neurons listen to.
struct LayerMatrix {
    std::vector<AxonSource> sources;  ///< rising
    std::vector<FanIn> neurons;
};

/// Neurons of one layer that share a core.
struct Group {
    std::vector<std::uint32_t> neurons;  ///< rising
    std::vector<bool> listens;           ///< by source
    std::size_t sources = 0;
    std::size_t most_sources = 0;
};

class ArrayPlacer final {
public:
    ArrayPlacer(const LoweredNetwork& network, const ChipPlan& chip)
        : network_{network},
          chip_{chip},
          limits_{chip.core_type(CoreId{0U})},
          capacity_{array_capacity(*limits_.array)},
          placement_{empty_placement(network)},
          destinations_{network, placement_} {
        for (const LoweredProjection& projection : network.projections) check_projection(projection);
        for (const LoweredPopulation& population : network.populations)
            if (population.parent.valid())
                throw InputError{fmt::format("layer '{}' is a compartment of another; cores with arrays have no dendrites",
                                             population.name)};
    }

    Placement place() {
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
            if (!network_.populations[PopulationId{p}].is_input) place_layer(PopulationId{p});
        check_cores();
        destinations_.add_outputs();
        send_rewards(network_, placement_, destinations_);
        for (CoreImage& core : placement_.cores) {
            core.destinations = destinations_.of_core(core);
            check_outputs(core);
        }
        placement_.inputs = destinations_.of_inputs();
        return std::move(placement_);
    }

private:
    void check_projection(const LoweredProjection& projection) const {
        const auto refuse = [&](std::string_view problem) {
            throw InputError{fmt::format("projection '{}': {}", projection.name, problem)};
        };
        if (projection.longest_delay() > 0 && chip_.is_live())
            refuse(fmt::format("its spikes are to act up to {} steps later, and a chip without steps has no delays",
                               projection.longest_delay()));
        if (!projection.learning) return;
        check_learning(projection, chip_);
        const LearningParameters& rule = *projection.learning;
        if (uses(rule, LearningVariable::delay) || uses(rule, LearningVariable::tag) || reads(rule, LearningVariable::weight))
            refuse(
                "cells of arrays have conductances that their engine does not know, no delays and no tags: give a rule for dw "
                "whose factors are x0 to x2, y0 to y3, r0 and r1");
        const auto outside =
            std::find_if(projection.weights.values.begin(), projection.weights.values.end(), [&](float weight) {
                return weight < static_cast<float>(rule.weight_lower) || weight > static_cast<float>(rule.weight_upper);
            });
        if (outside != projection.weights.values.end())
            refuse(fmt::format(
                "its first weights include {}, and its rule's weight_lower and weight_upper, {} and {}, are all that "
                "its cells can hold",
                *outside, rule.weight_lower, rule.weight_upper));
        const std::string where = fmt::format("cores.{}.array", chip_.core_type_name(CoreId{0U}));
        const ArrayDescription& array = *limits_.array;
        if (!array.memristor)
            refuse(
                fmt::format("it is to learn, and {}.device '{}' only says how far programmed cells stray: give {}.memristor, a "
                            "device that pulses move ({})",
                            where, array.device.name(), where, fmt::join(Registry<Memristor>::instance().names(), ", ")));
        if (!array.update) refuse(fmt::format("it is to learn, and {}.update does not say by which pulses", where));
        if (array.mode == ReadMode::geff)
            refuse(fmt::format("{}.mode: geff builds its matrix once; cells that learn need ideal, exact or approx", where));
        if (array.encoding.slices > 1 || array.encoding.bits_per_cell > 0)
            refuse(fmt::format("{}.encoding: pulses move whole weights; leave out slices and bits_per_cell", where));
        if (array.drift_time > Time{})
            refuse(fmt::format("{}.drift_time: cells that are pulsed during the run have no single age; leave it out", where));
    }

    [[nodiscard]] static std::uint32_t group_of(const LoweredNetwork& network, const LoweredProjection& projection) {
        return projection.learning ? 1 + static_cast<std::uint32_t>(&projection - network.projections.data()) : 0;
    }

    [[nodiscard]] LayerMatrix read_layer(PopulationId population) const {
        std::map<AxonSource, std::uint32_t> number;
        const auto for_each = [&](auto visit) {
            for (const LoweredProjection& projection : network_.projections) {
                if (projection.target != population) continue;
                const std::uint32_t group = group_of(network_, projection);
                const int exponent = group == 0 ? projection.weight_exponent : 0;  // stored weights of a group are whole
                for (std::size_t neuron = 0; neuron < network_.populations[population].size; ++neuron) {
                    const auto sources = projection.weights.sources_of(neuron);
                    const auto values = projection.weights.values_of(neuron);
                    for (std::size_t i = 0; i < sources.size(); ++i)
                        visit(neuron,
                              AxonSource{group, projection.source, sources[i],
                                         projection.delay_of(projection.weights.offsets[neuron] + i)},
                              std::ldexp(values[i], exponent));
                }
            }
        };
        for_each([&](std::size_t, const AxonSource& source, float) { number.emplace(source, 0); });
        LayerMatrix layer;
        for (auto& [source, index] : number) {
            index = static_cast<std::uint32_t>(layer.sources.size());
            layer.sources.push_back(source);
        }
        layer.neurons.resize(network_.populations[population].size);
        for_each([&](std::size_t neuron, const AxonSource& source, float weight) {
            layer.neurons[neuron].sources.push_back(number.at(source));
            layer.neurons[neuron].weights.push_back(weight);
        });
        return layer;
    }

    /// Where synapses are words of a memory that names their source.
    void check_words(PopulationId population, const LayerMatrix& layer) const {
        if (limits_.cam_words == 0) return;
        const auto refuse = [&](std::size_t neuron, const std::string& problem) {
            throw InputError{fmt::format("layer '{}' does not fit: neuron {} {} (cores.{}.cam_words)",
                                         network_.populations[population].name, neuron, problem,
                                         chip_.core_type_name(CoreId{0U}))};
        };
        for (std::size_t neuron = 0; neuron < layer.neurons.size(); ++neuron) {
            double words = 0.0;
            for (const float weight : layer.neurons[neuron].weights) {
                if (weight != std::nearbyint(weight))
                    refuse(neuron, fmt::format("has a weight of {}, and a weight is a whole number of words", weight));
                words += std::abs(static_cast<double>(weight));
            }
            if (words > limits_.cam_words)
                refuse(neuron, fmt::format("needs {} words of memory for its synapses, a neuron has {}: {} too many", words,
                                           limits_.cam_words, words - limits_.cam_words));
        }
    }

    void place_layer(PopulationId population) {
        const LayerMatrix layer = read_layer(population);
        check_words(population, layer);
        const std::size_t most_sources = most_rows(population, layer);
        std::vector<Group> groups;
        for (std::uint32_t neuron = 0; neuron < layer.neurons.size(); ++neuron) {
            const std::vector<std::uint32_t>& own = layer.neurons[neuron].sources;
            Group* group = best_group(groups, own);
            if (group == nullptr)
                group = &groups.emplace_back(Group{{}, std::vector<bool>(layer.sources.size(), false), 0, most_sources});
            group->neurons.push_back(neuron);
            for (const std::uint32_t source : own) {
                group->sources += group->listens[source] ? 0U : 1U;
                group->listens[source] = true;
            }
        }
        for (const Group& group : groups) build_core(population, layer, group);
    }

    /// As many rows as the arrays have that the layer's largest fan-in needs anyway: more would be mostly without weights.
    [[nodiscard]] std::size_t most_rows(PopulationId population, const LayerMatrix& layer) const {
        const auto largest = std::max_element(layer.neurons.begin(), layer.neurons.end(), [](const FanIn& a, const FanIn& b) {
            return a.sources.size() < b.sources.size();
        });
        const std::size_t fan_in = largest->sources.size();
        const auto neuron = largest - layer.neurons.begin();
        if (fan_in > limits_.input_axons)
            throw InputError{
                fmt::format("layer '{}' does not fit: neuron {} alone needs {} input axons, core type '{}' has {}: {} too many",
                            network_.populations[population].name, neuron, fan_in, chip_.core_type_name(CoreId{0U}),
                            limits_.input_axons, fan_in - limits_.input_axons)};
        const std::size_t arrays = std::max<std::size_t>(1, (fan_in + capacity_.inputs - 1) / capacity_.inputs);
        return std::min<std::size_t>(limits_.input_axons, arrays * capacity_.inputs);
    }

    [[nodiscard]] Group* best_group(std::vector<Group>& groups, const std::vector<std::uint32_t>& own) const {
        Group* best = nullptr;
        std::size_t fewest = own.size() + 1;
        for (Group& group : groups) {
            if (group.neurons.size() == limits_.neurons) continue;
            const auto fresh = static_cast<std::size_t>(
                std::count_if(own.begin(), own.end(), [&](std::uint32_t source) { return !group.listens[source]; }));
            if (fresh >= fewest || group.sources + fresh > group.most_sources) continue;
            fewest = fresh;
            best = &group;
        }
        return best;
    }

    void build_core(PopulationId population, const LayerMatrix& layer, const Group& group) {
        CoreImage core;
        core.core = CoreId{placement_.cores.size()};
        std::vector<std::vector<std::pair<std::uint16_t, float>>> lists(layer.sources.size());
        std::uint16_t at = 0;
        for (const std::uint32_t neuron : group.neurons) {
            append_parameters(core.neurons, network_.populations[population].parameters, neuron, 1);
            append_slice(core, population, neuron, at);
            const FanIn& fan_in = layer.neurons[neuron];
            for (std::size_t i = 0; i < fan_in.sources.size(); ++i)
                lists[fan_in.sources[i]].emplace_back(at, fan_in.weights[i]);
            ++at;
        }
        core.synapses = build_lists(core.core, layer, lists);
        placement_.cores.push_back(std::move(core));
    }

    WeightLists build_lists(CoreId core, const LayerMatrix& layer,
                            const std::vector<std::vector<std::pair<std::uint16_t, float>>>& lists) {
        WeightLists result;
        result.offsets = {0};
        for (std::size_t source = 0; source < lists.size(); ++source) {
            if (lists[source].empty()) continue;
            const AxonSource& from = layer.sources[source];
            const auto axon = static_cast<std::uint32_t>(result.axons());
            destinations_.add(from.population, from.neuron, {core.value(), axon, 1 + from.delay});
            for (const auto& [neuron, weight] : lists[source]) {
                result.targets.push_back(neuron);
                result.weights.push_back(weight);
            }
            result.offsets.push_back(static_cast<std::uint32_t>(result.targets.size()));
            if (from.group != 0) append_to_group(network_.projections[from.group - 1], from.neuron, axon, result);
        }
        return result;
    }

    void check_cores() const {
        if (placement_.cores.size() <= chip_.cores()) return;
        throw InputError{fmt::format(
            "network '{}' needs {} cores, chip '{}' has {}: {} too many; use a larger mesh, larger "
            "arrays or a smaller network",
            network_.name, placement_.cores.size(), chip_.name(), chip_.cores(), placement_.cores.size() - chip_.cores())};
    }

    void check_outputs(const CoreImage& core) const {
        const std::size_t used = core.destinations.size();
        if (used <= limits_.output_axons) return;
        throw InputError{
            fmt::format("core {} does not fit: its neurons have {} destinations, a core has {} output axons: {} too many; "
                        "use fewer neurons to a core (neurons), or larger arrays",
                        core.core.value(), used, limits_.output_axons, used - limits_.output_axons)};
    }

    const LoweredNetwork& network_;
    const ChipPlan& chip_;
    const CoreDescription& limits_;
    ArrayCapacity capacity_;
    Placement placement_;
    DestinationCollector destinations_;
};

}  // namespace

Placement place_arrays(const LoweredNetwork& network, const ChipPlan& chip) {
    return ArrayPlacer{network, chip}.place();
}

}  // namespace spikefab
