// SPDX-License-Identifier: Apache-2.0
// The simulator's own vectors: builds the chip from the file, runs it, and compares whatever the file expects. docs/vectors.md
#include "verify/chip_vector.hpp"

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "chip/chip.hpp"
#include "config/reader.hpp"
#include "network/lowering.hpp"
#include "network/nir.hpp"
#include "plan/chip_limits.hpp"
#include "plan/multicast.hpp"
#include "plan/place.hpp"
#include "verify/chip_record.hpp"
#include "verify/event_list.hpp"
#include "verify/kinds.hpp"
#include "verify/placement_json.hpp"
#include "verify/shipped_chips.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace spikefab::verify {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t most_steps = 100'000'000;
constexpr std::int64_t largest_reward = 32767;
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

[[nodiscard]] bool recognises(const Json& vector) {
    return vector.contains("format") && vector.at("format").is_string() &&
           vector.at("format").get<std::string>().starts_with("spikefab.vector.");
}

// --- what runs ---

/// `chip`: a shipped chip's name, a chip file, or a whole chip; `set` writes over its values.
[[nodiscard]] ChipPlan plan_of(const JsonPlace& vector) {
    const JsonPlace chip = vector["chip"];
    config::Tree tree;
    if (!chip.is_text()) {
        if (!chip.json().is_object()) chip.fail("expected a chip, the name of one, or a chip file");
        tree = config::parse(chip.json().dump(), "chip of the vector");  // JSON is YAML
        leave_out_prices(tree);
    } else if (chip.text().ends_with(".yaml") || chip.text().ends_with(".yml")) {
        tree = config::load(chip.text());
        leave_out_prices(tree);
    } else {
        tree = shipped_chip(chip.text());
    }
    if (const auto changes = vector.find("set")) {
        if (!changes->json().is_object()) changes->fail("expected an object: values by their paths in the chip");
        for (const auto& change : changes->json().items())
            config::assign(tree, change.key(), config::parse(change.value().dump(), "set." + change.key()));
    }
    return ChipPlan{config::read<ChipDescription>(std::move(tree))};
}

/// `network`: a trained network instead of cores.
struct NetworkPart {
    std::filesystem::path file;
    LoweringOptions lowering;
    static constexpr auto fields = std::tuple{
        field("file", &NetworkPart::file, "a .nir file").required(),
        field("lowering", &NetworkPart::lowering, "how its numbers become the chip's"),
    };
};

[[nodiscard]] Placement load_placement(const JsonPlace& vector, const ChipPlan& plan) {
    const auto network = vector.find("network");
    if (!network) return placement_of(vector, plan);
    if (vector.find("cores")) vector.fail("has both 'cores' and 'network'; keep one");
    const auto part = config::read<NetworkPart>(config::parse(network->json().dump(), "network of the vector"));
    const CoreDescription& type = plan.core_type(CoreId{0U});
    return place(lower(read_nir(part.file), type.neuron.name(), part.lowering, limits_of(type)), plan);
}

/// The vector's input spikes and resets.
class VectorInput final : public InputSource {
public:
    VectorInput(const JsonPlace& vector, std::int64_t steps, std::size_t inputs) {
        if (const auto part = vector.find("inputs")) {
            read_spikes((*part)["spikes"], steps, inputs);
            if (const auto learning = part->find("learning")) read_learning(*learning, steps);
            if (const auto rewards = part->find("rewards")) read_rewards((*rewards)["given"], steps);
        }
        if (const auto resets = vector.find("resets"))
            for (const std::int64_t step : resets->wholes(1, any)) resets_.insert(static_cast<std::uint64_t>(step));
    }
    [[nodiscard]] std::span<const std::uint32_t> spikes(std::uint64_t step) override {
        const auto found = spikes_.find(step);
        return found == spikes_.end() ? std::span<const std::uint32_t>{} : found->second;
    }
    [[nodiscard]] bool resets_before(std::uint64_t step) override { return resets_.contains(step); }
    [[nodiscard]] bool learns(std::uint64_t step) override {
        return !learning_ || std::any_of(learning_->begin(), learning_->end(),
                                         [step](const auto& range) { return step >= range.first && step <= range.second; });
    }
    [[nodiscard]] std::int32_t reward(std::uint64_t step) override {
        const auto found = rewards_.find(step);
        return found == rewards_.end() ? 0 : found->second;
    }

private:
    void read_learning(const JsonPlace& ranges, std::int64_t steps) {
        learning_.emplace();
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            if (ranges[i].size() != 2) ranges[i].fail("expected [first step, last step]");
            const std::int64_t first = ranges[i][0].whole(0, steps);
            learning_->emplace_back(first, ranges[i][1].whole(first, steps));
        }
    }
    void read_rewards(const JsonPlace& rows, std::int64_t steps) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].size() != 2) rows[i].fail("expected [step, amount]");
            rewards_[static_cast<std::uint64_t>(rows[i][0].whole(0, steps))] =
                static_cast<std::int32_t>(rows[i][1].whole(-largest_reward, largest_reward));
        }
    }
    void read_spikes(const JsonPlace& rows, std::int64_t steps, std::size_t inputs) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const JsonPlace row = rows[i];
            if (row.size() != 2) row.fail("expected [step, [inputs that spike]]");
            auto& spikes = spikes_[static_cast<std::uint64_t>(row[0].whole(0, steps))];
            for (const std::int64_t input : row[1].wholes(0, static_cast<std::int64_t>(inputs) - 1))
                spikes.push_back(static_cast<std::uint32_t>(input));
        }
    }

    std::map<std::uint64_t, std::vector<std::uint32_t>> spikes_;
    std::set<std::uint64_t> resets_;
    std::optional<std::vector<std::pair<std::uint64_t, std::uint64_t>>> learning_;  ///< absent: all the time
    std::map<std::uint64_t, std::int32_t> rewards_;
};

// --- what is compared ---

/// Where a core's neurons belong in the network's layers.
class Layers final {
public:
    explicit Layers(const Placement& placement) : placement_{placement} {
        for (const CoreImage& core : placement.cores) {
            auto& neurons = of_core_[core.core.value()];
            neurons.assign(core.neurons.neurons(), {none, none});
            for (const PopulationSlice& slice : core.slices)
                for (std::uint32_t i = 0; slice.population.valid() && i < slice.count; ++i)
                    neurons[slice.at + i] = {slice.population.value(), std::int64_t{slice.first} + i};
        }
    }
    /// Layer and place in it; -1 for relay neurons.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> of(std::int64_t core, std::int64_t neuron) const {
        return of_core_.at(static_cast<std::uint32_t>(core)).at(static_cast<std::size_t>(neuron));
    }
    [[nodiscard]] std::int64_t number_of(const JsonPlace& name) const {
        for (std::size_t i = 0; i < placement_.populations.size(); ++i)
            if (placement_.populations[PopulationId{i}].name == name.text()) return static_cast<std::int64_t>(i);
        name.fail(fmt::format("there is no layer '{}'", name.text()));
    }
    [[nodiscard]] std::string name_of(std::int64_t layer) const {
        return layer == none ? "none" : placement_.populations[PopulationId{static_cast<std::uint32_t>(layer)}].name;
    }

    static constexpr std::int64_t none = -1;

private:
    const Placement& placement_;
    std::map<std::uint32_t, std::vector<std::pair<std::int64_t, std::int64_t>>> of_core_;
};

/// One table of `expected`, and the same columns of what happened.
class TableCheck final {
public:
    TableCheck(const RecordTable& table, const JsonPlace& expected, const Layers& layers, std::int64_t unit)
        : table_{table}, layers_{layers}, unit_{unit} {
        read_columns(expected["columns"]);
        read_filters(expected);
        read_rows(expected["rows"]);
    }

    void run(Comparison& comparison) const {
        std::vector<Event> actual;
        for (std::size_t i = 0; i < table_.rows(); ++i)
            if (wanted(table_.row(i))) actual.push_back(project(table_.row(i)));
        check_events(
            comparison, table_.row_name(), [this](const Event& event) { return text(event); }, expected_, std::move(actual));
    }

private:
    struct Column {
        std::string name;
        std::size_t source = 0;  ///< column of the record
        bool time = false;
    };

    [[nodiscard]] bool about_neurons() const { return position("neuron").has_value(); }
    [[nodiscard]] std::optional<std::size_t> position(std::string_view name) const {
        const auto& names = table_.columns();
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) return std::nullopt;
        return static_cast<std::size_t>(found - names.begin());
    }
    [[nodiscard]] Column column(const JsonPlace& place, const std::string& name) const {
        if ((name == "layer" || name == "unit") && about_neurons()) return {.name = name};
        if (const auto found = position(name)) return {.name = name, .source = *found, .time = is_time(name)};
        place.fail(fmt::format("{} have no column '{}'; there are: {}{}", table_.name(), name,
                               fmt::join(table_.columns(), ", "), about_neurons() ? ", layer, unit" : ""));
    }
    [[nodiscard]] std::int64_t value(const Column& column, std::span<const std::int64_t> row) const {
        if (column.name != "layer" && column.name != "unit") return row[column.source];
        const auto [layer, unit] = layers_.of(row[*position("core")], row[*position("neuron")]);
        return column.name == "layer" ? layer : unit;
    }
    [[nodiscard]] std::int64_t read_value(const Column& column, const JsonPlace& place) const {
        if (column.name == "layer") return layers_.number_of(place);
        const std::int64_t number = place.whole(-any, any);
        if (!column.time) return number;
        if (number > any / unit_ || number < -(any / unit_)) place.fail("this time is too long");
        return number * unit_;
    }

    void read_columns(const JsonPlace& names) {
        for (std::size_t i = 0; i < names.size(); ++i) columns_.push_back(column(names[i], names[i].text()));
        if (columns_.empty()) names.fail("expected at least one column");
    }
    void read_filters(const JsonPlace& expected) {
        const auto only = expected.find("only");
        if (!only) return;
        if (!only->json().is_object()) only->fail("expected an object: values to compare by column");
        for (const auto& entry : only->json().items()) {
            const JsonPlace values = (*only)[entry.key()];
            auto& [filtered, allowed] = filters_.emplace_back(column(values, entry.key()), std::set<std::int64_t>{});
            for (std::size_t i = 0; i < values.size(); ++i) allowed.insert(read_value(filtered, values[i]));
        }
    }
    void read_rows(const JsonPlace& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const JsonPlace row = rows[i];
            if (row.size() != columns_.size())
                row.fail(fmt::format("has {} values for {} columns", row.size(), columns_.size()));
            Event event;
            for (std::size_t c = 0; c < columns_.size(); ++c) event.push_back(read_value(columns_[c], row[c]));
            expected_.push_back(std::move(event));
        }
    }

    /// Relay neurons belong to no layer.
    [[nodiscard]] bool wanted(std::span<const std::int64_t> row) const {
        for (const Column& column : columns_)
            if (column.name == "layer" && value(column, row) == Layers::none) return false;
        return std::all_of(filters_.begin(), filters_.end(),
                           [&](const auto& filter) { return filter.second.contains(value(filter.first, row)); });
    }
    [[nodiscard]] Event project(std::span<const std::int64_t> row) const {
        Event event;
        for (const Column& column : columns_) event.push_back(value(column, row));
        return event;
    }
    [[nodiscard]] std::string text(const Event& event) const {
        std::string words;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            std::string shown = std::to_string(event[i]);
            if (columns_[i].name == "layer") shown = layers_.name_of(event[i]);
            if (columns_[i].time)
                shown = event[i] % unit_ == 0 ? std::to_string(event[i] / unit_)
                                              : fmt::format("{}", static_cast<double>(event[i]) / static_cast<double>(unit_));
            words += fmt::format("{}{} {}", i == 0 ? "" : ", ", columns_[i].name, shown);
        }
        return words;
    }

    const RecordTable& table_;
    const Layers& layers_;
    std::int64_t unit_;
    std::vector<Column> columns_;
    std::vector<std::pair<Column, std::set<std::int64_t>>> filters_;
    std::vector<Event> expected_;
};

/// Rows [step, core, [a value per neuron]]: those that the vector gives are compared, null is not.
template <class Value, class Compare>
void check_core_values(Comparison& comparison, const JsonPlace& rows, std::string_view what,
                       const std::vector<CoreValues<Value>>& actual, Compare compare) {
    std::map<std::pair<std::uint64_t, std::uint32_t>, const CoreValues<Value>*> known;
    for (const CoreValues<Value>& values : actual) known[{values.step, values.core}] = &values;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const JsonPlace row = rows[i];
        if (row.size() != 3) row.fail("expected [step, core, [a value per neuron]]");
        const auto step = static_cast<std::uint64_t>(row[0].whole(1, any));
        const std::uint32_t core = row[1].natural();
        const JsonPlace values = row[2];
        const auto found = known.find({step, core});
        if (found == known.end()) {
            if (values.size() != 0) comparison.fail(fmt::format("step {}, core {}: there are no {}", step, core, what));
            continue;
        }
        if (values.size() != found->second->values.size())
            values.fail(fmt::format("has {} values for {} neurons", values.size(), found->second->values.size()));
        for (std::size_t neuron = 0; neuron < values.size(); ++neuron) {
            if (values.json()[neuron].is_null()) continue;
            const std::string difference = compare(values[neuron], found->second->values[neuron]);
            if (difference.empty()) {
                comparison.agree(1);
            } else {
                comparison.fail(fmt::format("step {}, core {}, neuron {}: {}", step, core, neuron, difference));
            }
        }
    }
}

[[nodiscard]] double tolerance_of(const JsonPlace& vector) {
    const auto tolerance = vector.find("tolerance");
    if (!tolerance) return 0.0;
    if (!(tolerance->real() >= 0.0)) tolerance->fail("expected a number that is not negative");
    return tolerance->real();
}

struct TimeUnit {
    Time unit{};
    static constexpr auto fields = std::tuple{field("time_unit", &TimeUnit::unit, {1e-3, 1e12}, "unit of all times")};
};

[[nodiscard]] std::int64_t unit_of(const JsonPlace& vector) {
    const auto unit = vector.find("time_unit");
    if (!unit) return 1;
    const auto part = config::read<TimeUnit>(config::parse(fmt::format("time_unit: {}", unit->json().dump()), "vector"));
    return to_picoseconds(part.unit);
}

[[nodiscard]] Comparison compare(const JsonPlace& vector, const ChipRecord& record, const Placement& placement) {
    const JsonPlace expected = vector["expected"];
    const Layers layers{placement};
    const std::int64_t unit = unit_of(vector);
    const double tolerance = tolerance_of(vector);
    Comparison comparison;
    for (const RecordTable* table : record.tables())
        if (const auto part = expected.find(table->name())) TableCheck{*table, *part, layers, unit}.run(comparison);
    if (const auto rows = expected.find("potentials"))
        check_core_values(comparison, *rows, "potentials", record.potentials(), [&](const JsonPlace& wanted, double actual) {
            const bool equal = wanted.real() == actual || std::abs(wanted.real() - actual) <= tolerance;
            return equal ? std::string{} : fmt::format("potential is {}, expected {}", actual, wanted.json().dump());
        });
    if (const auto rows = expected.find("write_times"))
        check_core_values(comparison, *rows, "writes", record.write_times(), [&](const JsonPlace& wanted, std::int64_t actual) {
            if (wanted.whole(0, any / unit) * unit == actual) return std::string{};
            return fmt::format("written at {}, expected {}", static_cast<double>(actual) / static_cast<double>(unit),
                               wanted.json().dump());
        });
    return comparison;
}

/// Synapses of the projections that learned, after the last step.
void check_learned(Comparison& comparison, const JsonPlace& expected, const std::vector<LearnedProjection>& learned) {
    constexpr std::array<std::string_view, 5> columns{"source", "target", "weight", "delay", "tag"};
    if (!expected.json().is_object()) expected.fail("expected an object: rows of synapses by projection");
    for (const auto& entry : expected.json().items()) {
        const JsonPlace rows = expected[entry.key()];
        std::vector<Event> wanted;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            wanted.push_back(rows[i].wholes(-any, any));
            if (wanted.back().size() != columns.size()) rows[i].fail("expected [source, target, weight, delay, tag]");
        }
        std::vector<Event> actual;
        for (const LearnedProjection& projection : learned)
            for (std::size_t i = 0; projection.name == entry.key() && i < projection.sources.size(); ++i)
                actual.push_back({projection.sources[i], projection.targets[i], projection.weights[i], projection.delays[i],
                                  projection.tags[i]});
        check_events(comparison, "synapse", columns, std::move(wanted), std::move(actual));
    }
}

void check_keys(const JsonPlace& place, std::string_view where, std::vector<std::string_view> known) {
    for (const auto& entry : place.json().items())
        if (std::find(known.begin(), known.end(), entry.key()) == known.end())
            place.fail(fmt::format("'{}' is not a key of {}; known: {}", entry.key(), where, fmt::join(known, ", ")));
}

[[nodiscard]] Verdict check(const Json& json) {
    const JsonPlace vector{json};
    if (vector["format"].text() != chip_vector_format)
        return {.note = fmt::format("its format is {}; this program reads {}", vector["format"].text(), chip_vector_format)};
    check_keys(vector, "a vector",
               {"format", "oracle", "licence", "note", "chip", "set", "seed", "steps", "cores", "network", "inputs", "resets",
                "time_unit", "tolerance", "expected"});
    const ChipPlan plan = plan_of(vector);
    if (plan.description().synchronisation == Synchronisation::event)
        vector["chip"].fail("has no steps; vectors hold chips with a tick or a barrier");
    ChipRecord record{plan.description().delays_count_from == DelayReference::arrival};
    std::vector<std::string_view> sections{"potentials", "write_times", "learned"};
    for (const RecordTable* table : record.tables()) sections.push_back(table->name());
    if (!vector["expected"].json().is_object()) vector["expected"].fail("expected an object");
    check_keys(vector["expected"], "'expected'", sections);
    Placement placement = load_placement(vector, plan);
    use_multicast(placement, plan);
    const std::int64_t steps = vector["steps"].whole(1, most_steps);
    VectorInput input{vector, steps, placement.inputs.sources()};
    const auto seed = vector.find("seed");
    Chip chip{plan, placement, input, record, seed ? static_cast<std::uint64_t>(seed->whole(0, any)) : 0};
    chip.run(static_cast<std::uint64_t>(steps));
    Comparison comparison = compare(vector, record, placement);
    if (const auto learned = vector["expected"].find("learned")) check_learned(comparison, *learned, chip.learned());
    return comparison.verdict();
}

}  // namespace

constinit const VectorKind chip_vector{
    "spikefab vector", "a whole chip: spikes, potentials and the time of everything inside it", recognises, check};

}  // namespace spikefab::verify
