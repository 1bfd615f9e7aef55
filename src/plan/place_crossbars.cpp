// SPDX-License-Identifier: Apache-2.0
// Placement for cores with a one-bit crossbar: input copies by axon type, and relay neurons where one destination per
// neuron is not enough. How and why: docs/truenorth-mapping.md.
#include "base/error.hpp"
#include "plan/place.hpp"
#include "plan/place_common.hpp"
#include "plan/potential_range.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace spikefab {
namespace {

/// Neurons of one population that share a core (rising), and the sources they listen to.
struct Group {
    PopulationId population;
    std::vector<std::uint32_t> neurons;
    std::vector<std::uint32_t> sources;  ///< rising
};

class CrossbarPlacer final {
public:
    CrossbarPlacer(const LoweredNetwork& network, const ChipPlan& chip)
        : network_{network},
          chip_{chip},
          limits_{chip.core_type(CoreId{0U})},
          placement_{empty_placement(network)},
          destinations_{network, placement_},
          incoming_(network.populations.size(), nullptr) {
        for (const LoweredPopulation& population : network.populations)
            if (population.parent.valid())
                throw InputError{
                    fmt::format("layer '{}' is a compartment of another; a crossbar core has none; use a chip with "
                                "weight lists",
                                population.name)};
        for (const LoweredProjection& projection : network.projections) {
            if (incoming_[projection.target] != nullptr)
                throw InputError{fmt::format("layer '{}' has more than one incoming projection; a crossbar core takes one",
                                             network.populations[projection.target].name)};
            incoming_[projection.target] = &projection;
        }
    }

    Placement place() {
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
            if (!network_.populations[PopulationId{p}].is_input) place_population(PopulationId{p});
        destinations_.add_outputs();
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p)
            if (!network_.populations[PopulationId{p}].is_input) split_population(PopulationId{p});
        check_cores();
        const std::size_t layers = placement_.cores.size() - relay_cores_;
        for (std::size_t c = 0; c < layers; ++c) placement_.cores[c].destinations = destinations_.of_core(placement_.cores[c]);
        for (std::size_t r = 0; r < relay_cores_; ++r) finish_relay_core(placement_.cores[layers + r], relay_lists_[r]);
        placement_.inputs = destinations_.of_inputs();
        measure_depths();
        if (relays_ > 0)
            placement_.notes.push_back(fmt::format("{} relay neurons on {} cores split spikes with more than {} destination(s)",
                                                   relays_, relay_cores_, limits_.destinations_per_neuron));
        if (std::string wraps = potentials_that_wrap(placement_, chip_); !wraps.empty())
            placement_.notes.push_back(std::move(wraps));
        return std::move(placement_);
    }

private:
    [[nodiscard]] const LoweredProjection& projection(PopulationId population) const {
        if (const LoweredProjection* found = incoming_[population]) return *found;
        throw InputError{fmt::format("layer '{}' has no incoming projection", network_.populations[population].name)};
    }

    void place_population(PopulationId population) {
        for (const Group& group : group_neurons(population)) build_core(group);
    }

    /// Neurons in network order, each into the open group where it adds the fewest new sources; a new group when its inputs
    /// fit nowhere.
    [[nodiscard]] std::vector<Group> group_neurons(PopulationId population) const {
        const LoweredProjection& from = projection(population);
        const std::size_t most_sources = limits_.input_axons / from.axons.copies;
        std::vector<Group> groups;
        std::vector<std::vector<bool>> listens;  // [group][source]
        for (std::uint32_t neuron = 0; neuron < network_.populations[population].size; ++neuron) {
            const auto own = from.weights.sources_of(neuron);
            if (own.size() > most_sources) refuse_fan_in(population, neuron, own.size() * from.axons.copies);
            const std::size_t best = best_group(groups, listens, own, most_sources);
            if (best == groups.size()) {
                groups.push_back({population, {}, {}});
                listens.emplace_back(from.weights.columns, false);
            }
            groups[best].neurons.push_back(neuron);
            for (const std::uint32_t source : own) {
                if (!listens[best][source]) groups[best].sources.push_back(source);
                listens[best][source] = true;
            }
        }
        for (Group& group : groups) std::sort(group.sources.begin(), group.sources.end());
        return groups;
    }

    [[nodiscard]] std::size_t best_group(const std::vector<Group>& groups, const std::vector<std::vector<bool>>& listens,
                                         std::span<const std::uint32_t> own, std::size_t most_sources) const {
        std::size_t best = groups.size();
        std::size_t fewest = own.size() + 1;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            if (groups[g].neurons.size() == limits_.neurons) continue;
            const auto fresh = static_cast<std::size_t>(
                std::count_if(own.begin(), own.end(), [&](std::uint32_t source) { return !listens[g][source]; }));
            if (fresh < fewest && groups[g].sources.size() + fresh <= most_sources) {
                fewest = fresh;
                best = g;
            }
        }
        return best;
    }

    [[noreturn]] void refuse_fan_in(PopulationId population, std::uint32_t neuron, std::size_t axons) const {
        throw InputError{
            fmt::format("layer '{}' does not fit: neuron {} alone needs {} input axons ({} per source), core type '{}' has "
                        "{}: {} too many; use smaller receptive fields, or weights that need fewer axon types",
                        network_.populations[population].name, neuron, axons, projection(population).axons.copies,
                        chip_.core_type_name(CoreId{0U}), limits_.input_axons, axons - limits_.input_axons)};
    }

    void build_core(const Group& group) {
        const LoweredProjection& from = projection(group.population);
        CoreImage core;
        core.core = CoreId{placement_.cores.size()};
        BinaryCrossbar crossbar = empty_crossbar(group.neurons.size());
        std::uint32_t at = 0;
        for (const std::uint32_t neuron : group.neurons) {
            append_parameters(core.neurons, network_.populations[group.population].parameters, neuron, 1);
            for (std::size_t type = 0; type < 4; ++type)
                crossbar.type_weights[type][at] = from.axons.type_weights[neuron][type];
            append_slice(core, group.population, neuron, at++);
        }
        for (const std::uint32_t source : group.sources)
            for (std::uint32_t type = 0; type < from.axons.copies; ++type)
                connect_copy(group, from, source, type, core.core, crossbar);
        core.synapses = std::move(crossbar);
        placement_.cores.push_back(std::move(core));
    }

    /// The axon on which `source` arrives as type `type`; left out when no neuron listens to that copy.
    void connect_copy(const Group& group, const LoweredProjection& from, std::uint32_t source, std::uint32_t type, CoreId core,
                      BinaryCrossbar& crossbar) {
        std::vector<std::uint64_t> row(crossbar.words_per_row, 0);
        std::optional<std::uint32_t> delay;
        for (std::size_t at = 0; at < group.neurons.size(); ++at) {
            const auto sources = from.weights.sources_of(group.neurons[at]);
            const auto found = std::lower_bound(sources.begin(), sources.end(), source);
            if (found == sources.end() || *found != source) continue;
            const std::size_t entry =
                from.weights.offsets[group.neurons[at]] + static_cast<std::size_t>(found - sources.begin());
            if ((unsigned{from.axons.type_mask[entry]} >> type & 1U) == 0) continue;
            row[at / 64] |= std::uint64_t{1} << (at % 64);
            if (delay.value_or(from.delay_of(entry)) != from.delay_of(entry)) refuse_delays(group, from, source);
            delay = from.delay_of(entry);
        }
        if (!delay) return;
        const auto axon = static_cast<std::uint32_t>(crossbar.axons());
        crossbar.axon_types.push_back(static_cast<std::uint8_t>(type));
        crossbar.rows.insert(crossbar.rows.end(), row.begin(), row.end());
        destinations_.add(from.source, source, {core.value(), axon, 1 + *delay});
    }

    [[noreturn]] void refuse_delays(const Group& group, const LoweredProjection& from, std::uint32_t source) const {
        throw InputError{fmt::format(
            "layer '{}': neuron {} of layer '{}' reaches it with several delays; on chip '{}' a delay belongs to an axon, so "
            "all "
            "synapses of a neuron must have the same",
            network_.populations[group.population].name, source, network_.populations[from.source].name, chip_.name())};
    }

    [[nodiscard]] static BinaryCrossbar empty_crossbar(std::size_t neurons) {
        BinaryCrossbar crossbar;
        crossbar.words_per_row = static_cast<std::uint32_t>((neurons + 63) / 64);
        for (auto& weights : crossbar.type_weights) weights.assign(neurons, 0);
        return crossbar;
    }

    /// Gives every neuron of the population at most as many destinations as the chip allows. All paths of a population
    /// take equally long: direct ones wait as many steps as the deepest splitter takes.
    void split_population(PopulationId population) {
        const std::uint32_t most = limits_.destinations_per_neuron;
        const std::size_t size = network_.populations[population].size;
        if (most == 0) return;
        std::uint32_t depth = 0;
        for (std::uint32_t neuron = 0; neuron < size; ++neuron)
            depth = std::max(depth, splitter_depth(destinations_.of(population, neuron).size(), most));
        for (std::uint32_t neuron = 0; neuron < size; ++neuron) {
            std::vector<Destination>& list = destinations_.of(population, neuron);
            for (Destination& destination : list) destination.delay += depth;
            check_delay(population, list);
            if (list.size() > most) list = split(std::move(list), most);
        }
        depth_[population] = depth;
    }

    /// Levels of relays between a neuron and `fan_out` destinations.
    [[nodiscard]] std::uint32_t splitter_depth(std::size_t fan_out, std::uint32_t most) const {
        std::uint32_t depth = 0;
        for (; fan_out > most; fan_out = (fan_out + limits_.neurons - 1) / limits_.neurons) ++depth;
        return depth;
    }

    void check_delay(PopulationId population, const std::vector<Destination>& list) const {
        for (const Destination& destination : list)
            if (destination.core != Destination::host && destination.delay > limits_.max_delay)
                throw InputError{fmt::format("layer '{}' does not fit: its spikes need a delay of {} steps, a core has {}",
                                             network_.populations[population].name, destination.delay, limits_.max_delay)};
    }

    /// One level of relays for `list`, then further levels until `most` axons are left to reach.
    std::vector<Destination> split(std::vector<Destination> list, std::uint32_t most) {
        while (list.size() > most) {
            std::vector<Destination> level;
            for (std::size_t first = 0; first < list.size(); first += limits_.neurons) {
                const std::size_t last = std::min<std::size_t>(list.size(), first + limits_.neurons);
                std::vector<Destination> part{list.begin() + static_cast<std::ptrdiff_t>(first),
                                              list.begin() + static_cast<std::ptrdiff_t>(last)};
                level.push_back(add_splitter(std::move(part)));
            }
            list = std::move(level);
        }
        return list;
    }

    /// Relay neurons for `targets`, one step earlier than they; returns the axon that feeds them.
    Destination add_splitter(std::vector<Destination> targets) {
        std::uint32_t arrival = 1;
        for (Destination& target : targets) {
            arrival = std::max(arrival, target.delay - 1);
            target.delay -= std::min(target.delay - 1, arrival);
        }
        CoreImage& core = relay_core(targets.size());
        auto& crossbar = std::get<BinaryCrossbar>(core.synapses);
        const auto axon = static_cast<std::uint32_t>(crossbar.axons());
        crossbar.axon_types.push_back(0);
        crossbar.rows.resize(crossbar.rows.size() + crossbar.words_per_row, 0);
        for (const Destination& target : targets) {
            const std::size_t relay = relay_lists_.back().size();
            crossbar.rows[axon * std::size_t{crossbar.words_per_row} + relay / 64] |= std::uint64_t{1} << (relay % 64);
            relay_lists_.back().push_back({target});
            ++relays_;
        }
        return {core.core.value(), axon, arrival};
    }

    /// Relay cores are made at full size; in the end they keep the relays that are used.
    void finish_relay_core(CoreImage& core, const std::vector<std::vector<Destination>>& lists) const {
        const BinaryCrossbar& full = std::get<BinaryCrossbar>(core.synapses);
        BinaryCrossbar crossbar = empty_crossbar(lists.size());
        crossbar.type_weights[0].assign(lists.size(), 1);
        crossbar.axon_types = full.axon_types;
        for (std::size_t axon = 0; axon < full.axons(); ++axon)
            for (std::size_t word = 0; word < crossbar.words_per_row; ++word)
                crossbar.rows.push_back(full.rows[axon * full.words_per_row + word]);
        core.synapses = std::move(crossbar);
        core.neurons.row_of_neuron.assign(lists.size(), 0);
        core.destinations = DestinationTable{lists};
    }

    /// The relay core being filled, or a fresh one when `relays` more neurons or one more axon do not fit.
    CoreImage& relay_core(std::size_t relays) {
        if (relay_cores_ > 0) {
            const auto& crossbar = std::get<BinaryCrossbar>(placement_.cores.back().synapses);
            if (relay_lists_.back().size() + relays <= limits_.neurons && crossbar.axons() < limits_.input_axons)
                return placement_.cores.back();
        }
        CoreImage core;
        core.core = CoreId{placement_.cores.size()};
        BinaryCrossbar crossbar = empty_crossbar(limits_.neurons);
        core.synapses = std::move(crossbar);
        for (const auto& [key, value] : limits_.relay) {
            core.neurons.columns.push_back(key);
            core.neurons.rows.resize(1);
            core.neurons.rows.front().push_back(value);
        }
        core.neurons.rows.resize(1);
        placement_.cores.push_back(std::move(core));
        relay_lists_.emplace_back();
        ++relay_cores_;
        return placement_.cores.back();
    }

    void check_cores() const {
        const std::size_t room = chip_.usable_cores().size();
        if (placement_.cores.size() <= room) return;
        throw InputError{fmt::format(
            "network '{}' needs {} cores ({} of them for relay neurons), chip '{}' has {}: {} too many", network_.name,
            placement_.cores.size(), relay_cores_, chip_.name(), room, placement_.cores.size() - room)};
    }

    /// Splitters add steps to the way from the input to each layer.
    void measure_depths() {
        for (std::uint32_t p = 0; p < network_.populations.size(); ++p) {
            const PopulationId population{p};
            if (network_.populations[population].is_input) continue;
            const LoweredProjection& from = projection(population);
            placement_.populations[population].steps_from_input =
                placement_.populations[from.source].steps_from_input + 1 + from.longest_delay() + depth_[from.source];
        }
    }

    const LoweredNetwork& network_;
    const ChipPlan& chip_;
    const CoreDescription& limits_;
    Placement placement_;
    DestinationCollector destinations_;
    IdVector<PopulationId, const LoweredProjection*> incoming_;
    IdVector<PopulationId, std::uint32_t> depth_ = IdVector<PopulationId, std::uint32_t>(network_.populations.size());
    std::vector<std::vector<std::vector<Destination>>> relay_lists_;  ///< per relay core, per relay neuron
    std::size_t relay_cores_ = 0;
    std::uint64_t relays_ = 0;
};

}  // namespace

Placement place_crossbars(const LoweredNetwork& network, const ChipPlan& chip) {
    return CrossbarPlacer{network, chip}.place();
}

namespace {

[[nodiscard]] std::set<std::string> kinds_of(const ChipPlan& chip) {
    std::set<std::string> kinds;
    for (std::uint32_t core = 0; core < chip.cores(); ++core) kinds.insert(chip.core_type_name(CoreId{core}));
    return kinds;
}

}  // namespace

Placement place(const LoweredNetwork& network, const ChipPlan& chip) {
    if (!chip.uniform())
        throw InputError{
            fmt::format("chip '{}' mixes kinds of core ({}), and a network is placed on cores of one kind only; name a single "
                        "kind in layout",
                        chip.name(), fmt::join(kinds_of(chip), ", "))};
    if (chip.core_type(CoreId{0U}).array) return place_arrays(network, chip);
    return chip.core_type(CoreId{0U}).synapses.format == MemoryFormat::binary_crossbar ? place_crossbars(network, chip)
                                                                                       : place_lists(network, chip);
}

}  // namespace spikefab
