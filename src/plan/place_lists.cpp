// SPDX-License-Identifier: Apache-2.0
// Placement for cores with lists of weights: ranges of neurons in network order, as many to a core as its limits allow.
#include "base/contract.hpp"
#include "base/error.hpp"
#include "models/synapse/loihi_weights.hpp"
#include "plan/place.hpp"
#include "plan/place_common.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <tuple>

namespace spikefab {
namespace {

/// Neurons [first, first + count) of a population, in one core, each with the compartments below it.
struct Range {
    PopulationId population;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

/// One synapse of a core.
struct Entry {
    AxonSource source;
    std::uint32_t target = 0;  ///< neuron of the core
    float weight = 0.0F;
    std::uint32_t delay = 0;  ///< beyond that of the axon
};

/// What is stored of a list, wherever in the core its targets begin: lists with the same are shared by population axons.
using ListContent = std::vector<std::tuple<std::uint32_t, float, std::uint32_t>>;

struct Need {
    std::size_t neurons = 0;
    std::size_t axons = 0;
    double bits = 0;
};

class ListPlacer final {
public:
    ListPlacer(const LoweredNetwork& network, const ChipPlan& chip)
        : network_{network},
          chip_{chip},
          limits_{chip.core_type(CoreId{0U})},
          incoming_(network.populations.size()),
          trees_(network.populations.size()),
          cap_(network.populations.size(), limits_.neurons) {
        for (const LoweredProjection& projection : network.projections) {
            check_projection(projection);
            incoming_[projection.target].push_back(&projection);
            axon_delays_.push_back(axon_delays(projection));
        }
        for (std::uint32_t p = 0; p < network.populations.size(); ++p) collect_tree(PopulationId{p}, trees_[PopulationId{p}]);
    }

    Placement place() {
        // A layer whose neurons feed many cores may need fewer neurons to a core; each round settles at least one layer.
        for (std::size_t round = 0; round <= network_.populations.size() + 4; ++round) {
            partition();
            Placement placement = build();
            if (!shrink_for_outputs(placement)) return placement;
        }
        throw InputError{fmt::format("network '{}' does not fit: output axons run out on every split", network_.name)};
    }

private:
    /// A population's compartments and itself, children before parents: the order in a core.
    void collect_tree(PopulationId population, std::vector<PopulationId>& tree) const {
        for (const PopulationId child : network_.populations[population].compartments) collect_tree(child, tree);
        tree.push_back(population);
    }
    [[nodiscard]] std::uint32_t slots(const Range& range) const {
        return range.count * static_cast<std::uint32_t>(trees_[range.population].size());
    }

    void partition() {
        cores_.clear();
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p) {
            const PopulationId population{p};
            if (network_.populations[population].is_input || network_.populations[population].parent.valid()) continue;
            std::uint32_t first = 0;
            while (first < network_.populations[population].size) first += place_range(population, first);
        }
        const std::size_t room = chip_.usable_cores().size();
        if (cores_.size() > room)
            throw InputError{fmt::format(
                "network '{}' needs {} cores, chip '{}' has {}: {} too many; use a larger mesh or a smaller network",
                network_.name, cores_.size(), chip_.name(), room, cores_.size() - room)};
    }

    /// Puts neurons from `first` on into the current core, or a fresh one; returns how many.
    std::uint32_t place_range(PopulationId population, std::uint32_t first) {
        const auto left = static_cast<std::uint32_t>(network_.populations[population].size) - first;
        if (!cores_.empty() && may_share(cores_.back(), population)) {
            if (const std::uint32_t count = largest_fit(cores_.back(), population, first, left); count > 0) {
                cores_.back().push_back({population, first, count});
                return count;
            }
        }
        cores_.emplace_back();
        const std::uint32_t count = largest_fit(cores_.back(), population, first, left);
        if (count == 0) refuse(population, first);
        cores_.back().push_back({population, first, count});
        return count;
    }

    /// Populations share a core when their parameters have the same columns and a range of this one is not there yet.
    [[nodiscard]] bool may_share(const std::vector<Range>& core, PopulationId population) const {
        const auto& columns = network_.populations[population].parameters.columns;
        return std::all_of(core.begin(), core.end(), [&](const Range& range) {
            return range.population != population && network_.populations[range.population].parameters.columns == columns;
        });
    }

    /// Doubling, then halving: what fits grows monotonically with the number of neurons.
    [[nodiscard]] std::uint32_t largest_fit(std::vector<Range> core, PopulationId population, std::uint32_t first,
                                            std::uint32_t left) const {
        std::size_t taken = 0;
        for (const Range& range : core) taken += slots(range);
        const std::size_t free = (limits_.neurons - std::min<std::size_t>(taken, limits_.neurons)) / trees_[population].size();
        const auto room = static_cast<std::uint32_t>(std::min<std::size_t>({left, cap_[population], free}));
        core.push_back({population, first, 0});
        std::uint32_t good = 0;
        std::uint32_t bad = room + 1;
        std::uint32_t trial = room;
        while (good + 1 < bad) {
            core.back().count = trial;
            (fits(core) ? good : bad) = trial;
            trial = good + (bad - good) / 2;
        }
        return good;
    }

    [[nodiscard]] bool fits(const std::vector<Range>& core) const {
        const Need need = need_of(core);
        return need.neurons <= limits_.neurons && need.axons <= limits_.input_axons &&
               need.bits <= limits_.synapses.size.value();
    }

    void check_projection(const LoweredProjection& projection) const {
        const auto refuse_projection = [&](std::string_view problem) {
            throw InputError{fmt::format("projection '{}': {}", projection.name, problem)};
        };
        if (grouped(projection) && !limits_.neuron->integer())
            refuse_projection("learning needs a neuron model with integer sums");
        check_learning(projection, chip_);
        const std::uint32_t longest = 1 + projection.longest_delay();
        if (longest > limits_.max_delay)
            refuse_projection(
                fmt::format("a spike takes {} steps to act (1 and a delay of {}), a core's delays reach {}: {} too "
                            "many",
                            longest, longest - 1, limits_.max_delay, longest - limits_.max_delay));
    }

    /// True for projections whose axons stand apart.
    [[nodiscard]] bool grouped(const LoweredProjection& projection) const {
        return projection.learning.has_value() || (projection.weight_exponent < 0 && limits_.neuron->integer());
    }
    [[nodiscard]] std::uint32_t group_of(const LoweredProjection& projection) const {
        return grouped(projection) ? 1 + static_cast<std::uint32_t>(&projection - network_.projections.data()) : 0;
    }
    [[nodiscard]] std::size_t number_of(const LoweredProjection& projection) const {
        return static_cast<std::size_t>(&projection - network_.projections.data());
    }

    /// Per source neuron: the delay that all its synapses have at least, which its axon then takes over.
    [[nodiscard]] std::vector<std::uint8_t> axon_delays(const LoweredProjection& projection) const {
        std::vector<std::uint8_t> least;
        if (projection.delays.empty()) return least;
        // Delays that a rule changes are all stored, and those of sums that are rounded: what was sent in one step with one
        // delay is one sum, which axons of different delays would take apart.
        const bool rounded = projection.weight_exponent < 0 && limits_.neuron->integer();
        if (rounded || (projection.learning && uses(*projection.learning, LearningVariable::delay))) {
            least.assign(projection.weights.columns, 0);
            return least;
        }
        least.assign(projection.weights.columns, std::numeric_limits<std::uint8_t>::max());
        for (std::size_t i = 0; i < projection.delays.size(); ++i) {
            std::uint8_t& delay = least[projection.weights.sources[i]];
            delay = std::min(delay, projection.delays[i]);
        }
        return least;
    }

    template <class Visit>
    void for_each_synapse(const std::vector<Range>& core, Visit visit) const {
        std::uint32_t local = 0;
        for (const Range& range : core) {
            for (std::uint32_t neuron = range.first; neuron < range.first + range.count; ++neuron)
                for (const PopulationId member : trees_[range.population]) visit_synapses(member, neuron, local++, visit);
        }
    }

    template <class Visit>
    void visit_synapses(PopulationId population, std::uint32_t neuron, std::uint32_t local, const Visit& visit) const {
        for (const LoweredProjection* projection : incoming_[population]) {
            const std::vector<std::uint8_t>& axon_delay = axon_delays_[number_of(*projection)];
            // Stored weights of a group are the chip's own; others carry the exponent.
            const float factor = grouped(*projection) ? 1.0F : std::ldexp(1.0F, projection->weight_exponent);
            const auto sources = projection->weights.sources_of(neuron);
            const auto values = projection->weights.values_of(neuron);
            for (std::size_t i = 0; i < sources.size(); ++i) {
                const std::uint32_t least = axon_delay.empty() ? 0 : axon_delay[sources[i]];
                const std::uint32_t delay =
                    axon_delay.empty() ? 0 : projection->delays[projection->weights.offsets[neuron] + i];
                visit(Entry{{group_of(*projection), projection->source, sources[i], projection->delay + least},
                            local,
                            values[i] * factor,
                            delay - least});
            }
        }
    }

    /// All synapses of a core, list after list.
    [[nodiscard]] std::vector<Entry> lists_of(const std::vector<Range>& core) const {
        std::vector<Entry> all;
        for_each_synapse(core, [&](const Entry& entry) { all.push_back(entry); });
        std::stable_sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.source < b.source; });
        return all;
    }

    /// Calls `visit(list)` for the synapses of each source in turn.
    template <class Visit>
    static void for_each_list(const std::vector<Entry>& all, Visit visit) {
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin;
            while (end < all.size() && all[end].source == all[begin].source) ++end;
            visit(std::span{all}.subspan(begin, end - begin));
            begin = end;
        }
    }

    [[nodiscard]] Need need_of(const std::vector<Range>& core) const {
        Need need;
        for (const Range& range : core) need.neurons += slots(range);
        std::set<ListContent> stored;
        std::set<AxonSource> shared;
        for_each_list(lists_of(core), [&](std::span<const Entry> list) {
            if (!limits_.synapses.population_axons || list.front().source.group != 0) {
                ++need.axons;
                need.bits += list_bits(list, need.neurons);
                return;
            }
            AxonSource place = list.front().source;
            place.neuron = list.front().target;
            need.axons += shared.insert(place).second ? 1U : 0U;
            need.bits += stored.insert(content_of(list)).second ? list_bits(list, need.neurons) : 0.0;
        });
        return need;
    }

    [[nodiscard]] static ListContent content_of(std::span<const Entry> list) {
        ListContent content;
        for (const Entry& entry : list) content.emplace_back(entry.target - list.front().target, entry.weight, entry.delay);
        return content;
    }

    [[nodiscard]] double list_bits(std::span<const Entry> list, std::size_t neurons) const {
        SynapseFormat format{.weight_bits = limits_.synapses.weight_bits};
        const bool delayed = std::any_of(list.begin(), list.end(), [](const Entry& entry) { return entry.delay != 0; });
        if (list.front().source.group != 0) {
            const auto& rule = network_.projections[list.front().source.group - 1].learning;
            if (rule && uses(*rule, LearningVariable::tag)) format.tag_bits = limits_.synapses.tag_bits;
            if (rule && uses(*rule, LearningVariable::delay)) format.delay_bits = limits_.synapses.delay_bits;
        }
        if (delayed) format.delay_bits = limits_.synapses.delay_bits;
        if (delayed && format.delay_bits == 0) refuse_delays(list);
        return static_cast<double>(cheapest_axon_list(list.size(), format, std::min<std::size_t>(neurons, 4096)).bits);
    }

    [[noreturn]] void refuse_delays(std::span<const Entry> list) const {
        throw InputError{fmt::format(
            "neuron {} of layer '{}' has synapses of different delays, and cores of chip '{}' store none per synapse "
            "(cores.{}.synapses.delay_bits)",
            list.front().source.neuron, network_.populations[list.front().source.population].name, chip_.name(),
            chip_.core_type_name(CoreId{0U}))};
    }

    [[noreturn]] void refuse(PopulationId population, std::uint32_t neuron) const {
        const Need need = need_of({{population, neuron, 1}});
        const std::string& layer = network_.populations[population].name;
        if (need.neurons > limits_.neurons)
            throw InputError{fmt::format("layer '{}' does not fit: neuron {} alone has {} compartments, core type '{}' has {}",
                                         layer, neuron, need.neurons, chip_.core_type_name(CoreId{0U}), limits_.neurons)};
        if (need.axons > limits_.input_axons)
            throw InputError{fmt::format(
                "layer '{}' does not fit: neuron {} alone needs {} input axons, core type '{}' has {}: {} too many", layer,
                neuron, need.axons, chip_.core_type_name(CoreId{0U}), limits_.input_axons, need.axons - limits_.input_axons)};
        throw InputError{
            fmt::format("layer '{}' does not fit: neuron {} alone needs {} of synaptic memory, a core has {}: {} too many",
                        layer, neuron, format(DataSize{need.bits}), format(limits_.synapses.size),
                        format(DataSize{need.bits - limits_.synapses.size.value()}))};
    }

    [[nodiscard]] Placement build() {
        Placement placement = empty_placement(network_);
        DestinationCollector destinations{network_, placement};
        for (std::size_t c = 0; c < cores_.size(); ++c) placement.cores.push_back(build_core(CoreId{c}, destinations));
        destinations.add_outputs();
        send_rewards(network_, placement, destinations);
        for (CoreImage& core : placement.cores) core.destinations = destinations.of_core(core);
        placement.inputs = destinations.of_inputs();
        return placement;
    }

    CoreImage build_core(CoreId id, DestinationCollector& destinations) const {
        const std::vector<Range>& ranges = cores_[id.value()];
        CoreImage core;
        core.core = id;
        std::uint32_t at = 0;
        for (const Range& range : ranges) {
            append_trees(core, range, at);
            at += slots(range);
        }
        core.synapses = build_lists(ranges, at, id, destinations);
        core.synaptic_memory_bit = need_of(ranges).bits;
        return core;
    }

    /// The neurons of `range`, each next to its compartments.
    void append_trees(CoreImage& core, const Range& range, std::uint32_t at) const {
        const std::vector<PopulationId>& tree = trees_[range.population];
        std::vector<NeuronParameters> members;
        for (const PopulationId member : tree) {
            members.emplace_back();
            append_parameters(members.back(), network_.populations[member].parameters, range.first, range.count);
        }
        if (tree.size() == 1) core.slices.push_back({range.population, range.first, range.count, at});
        std::vector<std::size_t> first_row;
        for (const NeuronParameters& member : members) {
            expects(core.neurons.columns.empty() || core.neurons.columns == member.columns);
            core.neurons.columns = member.columns;
            first_row.push_back(core.neurons.rows.size());
            core.neurons.rows.insert(core.neurons.rows.end(), member.rows.begin(), member.rows.end());
        }
        for (std::uint32_t i = 0; i < range.count; ++i)
            for (std::size_t m = 0; m < tree.size(); ++m, ++at) {
                core.neurons.row_of_neuron.push_back(static_cast<std::uint16_t>(first_row[m] + members[m].row_of_neuron[i]));
                if (tree.size() > 1) core.slices.push_back({tree[m], range.first + i, 1, at});
            }
    }

    WeightLists build_lists(const std::vector<Range>& ranges, std::size_t neurons, CoreId id,
                            DestinationCollector& destinations) const {
        WeightLists lists;
        lists.offsets = {0};
        bool delayed = false;
        for_each_list(lists_of(ranges), [&](std::span<const Entry> list) {
            const AxonSource& source = list.front().source;
            const auto axon = static_cast<std::uint32_t>(lists.axons());
            for (const Entry& entry : list) {
                lists.targets.push_back(static_cast<std::uint16_t>(entry.target));
                lists.weights.push_back(entry.weight);
                lists.delays.push_back(static_cast<std::uint8_t>(entry.delay));
                delayed |= entry.delay != 0;
            }
            lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
            lists.bits.push_back(static_cast<std::uint32_t>(list_bits(list, neurons)));
            destinations.add(source.population, source.neuron, {id.value(), axon, 1 + source.delay});
            if (source.group != 0) append_to_group(network_.projections[source.group - 1], source.neuron, axon, lists);
        });
        if (!delayed) lists.delays.clear();
        return lists;
    }

    /// True when a core sends to more destinations than it may; its layers then get fewer neurons to a core.
    bool shrink_for_outputs(const Placement& placement) {
        bool shrunk = false;
        for (const CoreImage& core : placement.cores) {
            const std::size_t used = core.destinations.size();
            if (used <= limits_.output_axons) continue;
            const std::size_t neurons = core.neurons.neurons();
            if (neurons == 1)
                throw InputError{fmt::format(
                    "core {} does not fit: its only neuron sends to {} cores, a core has {} output axons: {} too many",
                    core.core.value(), used, limits_.output_axons, used - limits_.output_axons)};
            for (const Range& range : cores_[core.core.value()]) {
                auto& cap = cap_[range.population];
                cap = std::max<std::uint32_t>(
                    1, std::min<std::uint32_t>(cap - 1, static_cast<std::uint32_t>(cap * limits_.output_axons / used)));
            }
            shrunk = true;
            break;
        }
        return shrunk;
    }

    const LoweredNetwork& network_;
    const ChipPlan& chip_;
    const CoreDescription& limits_;
    IdVector<PopulationId, std::vector<const LoweredProjection*>> incoming_;
    IdVector<PopulationId, std::vector<PopulationId>> trees_;  ///< by the population at the root
    std::vector<std::vector<std::uint8_t>> axon_delays_;       ///< by projection
    IdVector<PopulationId, std::uint32_t> cap_;                ///< most neurons of a population in one core
    std::vector<std::vector<Range>> cores_;
};

}  // namespace

Placement place_lists(const LoweredNetwork& network, const ChipPlan& chip) {
    return ListPlacer{network, chip}.place();
}

}  // namespace spikefab
