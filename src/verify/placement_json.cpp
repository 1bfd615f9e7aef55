// SPDX-License-Identifier: Apache-2.0
// Neuron parameters, synapses and destinations of cores, one way and the other.
#include "verify/placement_json.hpp"

#include "base/error.hpp"
#include "config/reader.hpp"
#include "config/writer.hpp"
#include "verify/tree_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t host = -1;  ///< as the core of a destination
constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::int64_t most_layers = 65536;
constexpr std::int64_t most_sources = 1 << 28;  // neurons of a population

// --- to JSON ---

/// Whole numbers without a fraction: they read better, and give the same double.
[[nodiscard]] Json number(double value) {
    constexpr double exact = 9007199254740992.0;  // 2^53
    const bool negative_zero = value == 0.0 && std::signbit(value);
    if (value == std::floor(value) && std::abs(value) < exact && !negative_zero) return static_cast<std::int64_t>(value);
    return value;
}

/// Each parameter by its key: one number where all neurons have the same.
[[nodiscard]] Json parameters_json(const NeuronParameters& neurons) {
    Json parameters = Json::object();
    for (std::size_t column = 0; column < neurons.columns.size(); ++column) {
        Json values = Json::array();
        for (const std::uint16_t row : neurons.row_of_neuron) values.push_back(number(neurons.rows[row][column]));
        const bool same = std::all_of(values.begin(), values.end(), [&](const Json& value) { return value == values.front(); });
        parameters[neurons.columns[column]] = same && !values.empty() ? Json(values.front()) : values;
    }
    return parameters;
}

/// The last axons, group after group.
[[nodiscard]] Json groups_json(const std::vector<AxonGroup>& groups) {
    Json result = Json::array();
    for (const AxonGroup& group : groups) {
        Json entry{{"projection", group.projection}, {"sources", group.sources}, {"exponent", group.exponent}};
        if (group.rule) entry["rule"] = tree_json(config::parse(config::to_yaml(*group.rule), "rule"));
        result.push_back(std::move(entry));
    }
    return result;
}

[[nodiscard]] Json lists_json(const WeightLists& lists) {
    Json axons = Json::array();
    for (std::size_t axon = 0; axon < lists.axons(); ++axon) {
        Json synapses = Json::array();
        for (std::uint32_t i = lists.offsets[axon]; i < lists.offsets[axon + 1]; ++i) {
            Json synapse{lists.targets[i], number(double{lists.weights[i]})};
            if (!lists.delays.empty()) synapse.push_back(lists.delays[i]);
            synapses.push_back(std::move(synapse));
        }
        axons.push_back(std::move(synapses));
    }
    Json result{{"lists", std::move(axons)}};
    if (!lists.groups.empty()) result["groups"] = groups_json(lists.groups);
    return result;
}

/// A row as hexadecimal digits, the one of neurons 0 to 3 last.
[[nodiscard]] std::string hexadecimal_row(const BinaryCrossbar& crossbar, std::size_t axon, std::size_t neurons) {
    std::string digits((neurons + 3) / 4, '0');
    for (std::size_t digit = 0; digit < digits.size(); ++digit) {
        const std::uint64_t word = crossbar.rows[axon * crossbar.words_per_row + digit / 16];
        digits[digits.size() - 1 - digit] = hexadecimal[word >> (digit % 16 * 4) & 15U];
    }
    return digits;
}

[[nodiscard]] Json crossbar_json(const BinaryCrossbar& crossbar, std::size_t neurons) {
    Json rows = Json::array();
    for (std::size_t axon = 0; axon < crossbar.axons(); ++axon) rows.push_back(hexadecimal_row(crossbar, axon, neurons));
    return {{"axon_types", crossbar.axon_types}, {"crossbar", std::move(rows)}, {"weights", crossbar.type_weights}};
}

// --- from JSON ---

/// Rows of parameters, each kept once.
class RowCollector final {
public:
    [[nodiscard]] std::uint16_t row(std::vector<double> values, const JsonPlace& place) {
        const auto [found, is_new] = known_.try_emplace(std::move(values), rows_.size());
        if (is_new) rows_.push_back(found->first);
        if (rows_.size() > 65536) place.fail("more than 65536 different neurons in a core");
        return static_cast<std::uint16_t>(found->second);
    }
    [[nodiscard]] std::vector<std::vector<double>> take() { return std::move(rows_); }

private:
    std::map<std::vector<double>, std::size_t> known_;
    std::vector<std::vector<double>> rows_;
};

[[nodiscard]] NeuronParameters parameters_of(const JsonPlace& core, std::size_t neurons) {
    NeuronParameters result;
    std::vector<std::vector<double>> columns;  // [parameter][neuron], or one value
    if (const auto parameters = core.find("parameters")) {
        if (!parameters->json().is_object())
            parameters->fail("expected an object: parameters of the neuron model by their keys");
        for (const auto& entry : parameters->json().items()) {
            const JsonPlace values = (*parameters)[entry.key()];
            result.columns.push_back(entry.key());
            columns.emplace_back();
            if (!values.is_list()) {
                columns.back().push_back(values.real());
                continue;
            }
            if (values.size() != neurons) values.fail(fmt::format("has {} values for {} neurons", values.size(), neurons));
            for (std::size_t i = 0; i < neurons; ++i) columns.back().push_back(values[i].real());
        }
    }
    RowCollector rows;
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        std::vector<double> row;
        for (const auto& column : columns) row.push_back(column.size() == 1 ? column.front() : column[neuron]);
        result.row_of_neuron.push_back(rows.row(std::move(row), core));
    }
    result.rows = rows.take();
    if (result.rows.empty()) result.rows.emplace_back(result.columns.size(), 0.0);
    return result;
}

struct ListedSynapse {
    std::uint16_t neuron;
    float weight;
    std::uint8_t delay;
};

[[nodiscard]] WeightLists lists_of(const JsonPlace& axons, std::uint32_t neurons, bool whole_weights) {
    WeightLists lists;
    lists.offsets.push_back(0);
    bool delayed = false;
    for (std::size_t axon = 0; axon < axons.size(); ++axon) {
        const JsonPlace list = axons[axon];
        std::vector<ListedSynapse> synapses;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const JsonPlace synapse = list[i];
            if (synapse.size() != 2 && synapse.size() != 3)
                synapse.fail("expected [neuron, weight] or [neuron, weight, delay]");
            constexpr std::int64_t largest = 1 << 24;  // a float holds every whole number up to it
            const auto weight =
                whole_weights ? static_cast<float>(synapse[1].whole(-largest, largest)) : static_cast<float>(synapse[1].real());
            const auto delay = static_cast<std::uint8_t>(synapse.size() == 3 ? synapse[2].natural(63) : 0U);
            synapses.push_back({static_cast<std::uint16_t>(synapse[0].natural(neurons - 1LL)), weight, delay});
            delayed |= delay != 0;
        }
        std::stable_sort(synapses.begin(), synapses.end(), [](const auto& a, const auto& b) { return a.neuron < b.neuron; });
        for (const ListedSynapse& synapse : synapses) {
            lists.targets.push_back(synapse.neuron);
            lists.weights.push_back(synapse.weight);
            lists.delays.push_back(synapse.delay);
        }
        lists.offsets.push_back(static_cast<std::uint32_t>(lists.targets.size()));
    }
    if (!delayed) lists.delays.clear();
    return lists;
}

/// Groups of the last axons: a projection, and what makes it another than the rest.
[[nodiscard]] std::vector<AxonGroup> groups_of(const JsonPlace& places, const CoreDescription& type, std::size_t axons) {
    if (!type.neuron->integer()) places.fail("groups are for neuron models with whole sums");
    std::vector<AxonGroup> groups;
    std::size_t grouped = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const JsonPlace place = places[i];
        AxonGroup group{.projection = place["projection"].text(), .first_axon = 0, .sources = {}, .exponent = 0, .rule = {}};
        for (const std::int64_t source : place["sources"].wholes(0, most_sources))
            group.sources.push_back(static_cast<std::uint32_t>(source));
        if (const auto exponent = place.find("exponent")) group.exponent = static_cast<std::int32_t>(exponent->whole(-8, 7));
        if (const auto rule = place.find("rule")) {
            if (!type.learning) rule->fail("the chip's cores have no learning engine");
            group.rule = config::read<LearningParameters>(config::parse(rule->json().dump(), "rule of the vector"));
        }
        grouped += group.sources.size();
        groups.push_back(std::move(group));
    }
    if (grouped > axons) places.fail(fmt::format("groups have {} axons together; the core has {}", grouped, axons));
    auto first = static_cast<std::uint32_t>(axons - grouped);
    for (AxonGroup& group : groups) {
        group.first_axon = first;
        first += static_cast<std::uint32_t>(group.sources.size());
    }
    return groups;
}

/// A row of the crossbar: hexadecimal digits (the last holds neurons 0 to 3), or a list of neurons.
void read_row(const JsonPlace& row, std::uint32_t neurons, std::span<std::uint64_t> words) {
    const auto connect = [&](std::size_t neuron) { words[neuron / 64] |= std::uint64_t{1} << (neuron % 64); };
    if (!row.is_text()) {
        for (const std::int64_t neuron : row.wholes(0, neurons - 1LL)) connect(static_cast<std::size_t>(neuron));
        return;
    }
    const std::string digits = row.text();
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const char letter = digits[digits.size() - 1 - i];
        const auto value = hexadecimal.find(letter >= 'A' && letter <= 'F' ? static_cast<char>(letter + 32) : letter);
        if (value == std::string_view::npos) row.fail(fmt::format("'{}' is not hexadecimal", letter));
        for (std::size_t bit = 0; bit < 4; ++bit) {
            if ((value >> bit & 1U) == 0) continue;
            if (4 * i + bit >= neurons) row.fail(fmt::format("connects neuron {}; the core has {}", 4 * i + bit, neurons));
            connect(4 * i + bit);
        }
    }
}

[[nodiscard]] BinaryCrossbar crossbar_of(const JsonPlace& synapses, std::uint32_t neurons) {
    BinaryCrossbar crossbar;
    crossbar.words_per_row = (neurons + 63) / 64;
    for (const std::int64_t type : synapses["axon_types"].wholes(0, 3))
        crossbar.axon_types.push_back(static_cast<std::uint8_t>(type));
    const JsonPlace rows = synapses["crossbar"];
    if (rows.size() != crossbar.axons())
        rows.fail(fmt::format("has {} rows for {} axons in axon_types", rows.size(), crossbar.axons()));
    crossbar.rows.assign(crossbar.axons() * crossbar.words_per_row, 0);
    for (std::size_t axon = 0; axon < rows.size(); ++axon)
        read_row(rows[axon], neurons, std::span{crossbar.rows}.subspan(axon * crossbar.words_per_row, crossbar.words_per_row));
    const JsonPlace weights = synapses["weights"];
    if (weights.size() > crossbar.type_weights.size()) weights.fail("an axon has one of four types: expected up to four lists");
    for (std::size_t type = 0; type < crossbar.type_weights.size(); ++type) {
        auto& of_type = crossbar.type_weights[type];
        of_type.assign(neurons, 0);
        if (type >= weights.size()) continue;
        const auto values = weights[type].wholes(-32768, 32767);
        if (values.size() != neurons) weights[type].fail(fmt::format("has {} values for {} neurons", values.size(), neurons));
        std::transform(values.begin(), values.end(), of_type.begin(),
                       [](auto value) { return static_cast<std::int16_t>(value); });
    }
    return crossbar;
}

[[nodiscard]] SynapseImage synapses_of(const JsonPlace& core, const CoreDescription& type, std::uint32_t neurons) {
    const JsonPlace synapses = core["synapses"];
    if (type.synapses.format == MemoryFormat::binary_crossbar) {
        if (synapses.find("lists")) synapses.fail("has lists; the chip's cores hold a one-bit crossbar");
        return crossbar_of(synapses, neurons);
    }
    if (synapses.find("crossbar")) synapses.fail("has a crossbar; the chip's cores hold lists of weights");
    WeightLists lists = lists_of(synapses["lists"], neurons, type.neuron->integer());
    if (const auto groups = synapses.find("groups")) lists.groups = groups_of(*groups, type, lists.axons());
    return lists;
}

[[nodiscard]] std::size_t axons_of(const SynapseImage& synapses) {
    if (const auto* crossbar = std::get_if<BinaryCrossbar>(&synapses)) return crossbar->axons();
    const auto* lists = std::get_if<WeightLists>(&synapses);
    return lists == nullptr ? 0 : lists->axons();
}

/// Axons of each core that is loaded.
using AxonCounts = std::map<std::uint32_t, std::size_t>;

[[nodiscard]] Destination destination_of(const JsonPlace& place, const ChipPlan& plan, const AxonCounts& axons) {
    if (place.size() != 2 && place.size() != 3) place.fail("expected [core, axon] or [core, axon, delay]; core -1 is the host");
    constexpr std::int64_t most_axons = (1 << 20) - 1;  // 20 bits travel
    const std::int64_t core = place[0].whole(host, plan.cores() - 1LL);
    Destination destination{.core = core == host ? Destination::host : static_cast<std::uint32_t>(core),
                            .axon = place[1].natural(most_axons)};
    if (core == host) {
        if (place.size() == 3) destination.delay = static_cast<std::uint32_t>(place[2].whole(0, 63));
        return destination;
    }
    const auto loaded = axons.find(destination.core);
    if (loaded == axons.end()) place.fail(fmt::format("core {} is not among `cores`", core));
    if (destination.axon >= loaded->second && destination.axon != Destination::reward_axon)
        place.fail(fmt::format("core {} has no axon {}; it has {}", core, destination.axon, loaded->second));
    if (place.size() == 3)
        destination.delay = static_cast<std::uint32_t>(place[2].whole(1, plan.core_type(CoreId{destination.core}).max_delay));
    return destination;
}

[[nodiscard]] DestinationTable destinations_of(const JsonPlace& sources, const ChipPlan& plan, const AxonCounts& axons) {
    std::vector<std::vector<Destination>> lists;
    for (std::size_t source = 0; source < sources.size(); ++source) {
        const JsonPlace list = sources[source];
        lists.emplace_back();
        for (std::size_t i = 0; i < list.size(); ++i) lists.back().push_back(destination_of(list[i], plan, axons));
    }
    return DestinationTable{lists};
}

/// Everything of a core but its destinations.
[[nodiscard]] CoreImage image_of(const JsonPlace& core, const ChipPlan& plan) {
    CoreImage image;
    image.core = CoreId{core["core"].natural(plan.cores() - 1LL)};
    const CoreDescription& type = plan.core_type(image.core);
    const std::uint32_t neurons = static_cast<std::uint32_t>(core["neurons"].whole(1, type.neurons));
    image.neurons = parameters_of(core, neurons);
    image.synapses = synapses_of(core, type, neurons);
    if (axons_of(image.synapses) > type.input_axons)
        core["synapses"].fail(fmt::format("has {} axons; a core has {}", axons_of(image.synapses), type.input_axons));
    return image;
}

/// `layers` of a core: which of its neurons belong to which layer of a network.
void read_layers(const JsonPlace& core, CoreImage& image, Placement& placement, std::map<std::string, PopulationId>& known) {
    const auto layers = core.find("layers");
    if (!layers) return;
    const auto neurons = static_cast<std::int64_t>(image.neurons.neurons());
    for (std::size_t i = 0; i < layers->size(); ++i) {
        const JsonPlace slice = (*layers)[i];
        if (slice.size() != 4) slice.fail("expected [layer, first of the layer, count, first in the core]");
        const std::string name = slice[0].text();
        const auto count = slice[2].whole(0, neurons);
        const auto at = slice[3].whole(0, neurons - count);
        if (!known.contains(name)) {
            if (static_cast<std::int64_t>(known.size()) == most_layers) slice.fail("too many layers");
            known[name] = placement.populations.push_back({name, 0, 0});
        }
        image.slices.push_back(
            {known[name], slice[1].natural(), static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(at)});
    }
}

}  // namespace

nlohmann::json destinations_json(const DestinationTable& destinations) {
    Json sources = Json::array();
    for (std::size_t source = 0; source < destinations.sources(); ++source) {
        Json list = Json::array();
        for (const Destination& to : destinations[source])
            list.push_back({to.core == Destination::host ? host : std::int64_t{to.core}, to.axon, to.delay});
        sources.push_back(std::move(list));
    }
    return sources;
}

nlohmann::json core_json(const CoreImage& core, const Placement& placement) {
    Json result{{"core", core.core.value()},
                {"neurons", core.neurons.neurons()},
                {"parameters", parameters_json(core.neurons)},
                {"destinations", destinations_json(core.destinations)}};
    if (const auto* crossbar = std::get_if<BinaryCrossbar>(&core.synapses)) {
        result["synapses"] = crossbar_json(*crossbar, core.neurons.neurons());
    } else if (const auto* lists = std::get_if<WeightLists>(&core.synapses)) {
        result["synapses"] = lists_json(*lists);
    } else {
        throw InputError{fmt::format("core {} holds synapses that a vector has no place for", core.core.value())};
    }
    Json layers = Json::array();
    for (const PopulationSlice& slice : core.slices)
        if (slice.population.valid())
            layers.push_back({placement.populations[slice.population].name, slice.first, slice.count, slice.at});
    if (!layers.empty()) result["layers"] = std::move(layers);
    return result;
}

Placement placement_of(const JsonPlace& vector, const ChipPlan& plan) {
    Placement placement;
    AxonCounts axons;
    std::map<std::string, PopulationId> layers;
    const JsonPlace cores = vector["cores"];
    std::vector<std::pair<CoreImage, std::size_t>> images;  // with the place in the file
    for (std::size_t i = 0; i < cores.size(); ++i) {
        images.emplace_back(image_of(cores[i], plan), i);
        const CoreImage& image = images.back().first;
        if (image.core.value() == plan.description().host.answers_at_core.value_or(plan.cores()))
            cores[i].fail(fmt::format("core {} must stay empty: the host takes its answers there", image.core.value()));
        if (!axons.emplace(image.core.value(), axons_of(image.synapses)).second)
            cores[i].fail(fmt::format("core {} is there twice", image.core.value()));
        read_layers(cores[i], images.back().first, placement, layers);
    }
    std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) { return a.first.core < b.first.core; });
    for (auto& [image, place] : images) {
        const std::size_t neurons = image.neurons.neurons();
        const auto destinations = cores[place].find("destinations");
        image.destinations = destinations ? destinations_of(*destinations, plan, axons) : DestinationTable{neurons};
        if (image.destinations.sources() != neurons)
            destinations->fail(fmt::format("has {} lists for {} neurons", image.destinations.sources(), neurons));
        placement.cores.push_back(std::move(image));
    }
    const auto inputs = vector.find("inputs");
    if (!inputs) return placement;
    placement.inputs = destinations_of((*inputs)["destinations"], plan, axons);
    if (const auto rewards = inputs->find("rewards"))
        for (const std::int64_t core : (*rewards)["cores"].wholes(0, plan.cores() - 1LL)) {
            if (!axons.contains(static_cast<std::uint32_t>(core)))
                rewards->fail(fmt::format("core {} is not among `cores`", core));
            placement.rewards.push_back({static_cast<std::uint32_t>(core), Destination::reward_axon, 1});
        }
    return placement;
}

}  // namespace spikefab::verify
