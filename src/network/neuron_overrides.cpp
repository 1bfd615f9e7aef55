// SPDX-License-Identifier: Apache-2.0
// Words and numbers into parameter tables, checked by the model's own field table.
#include "network/neuron_overrides.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace spikefab {
namespace {

/// A model's parameters as a section.
class ModelSection final : public SectionRef {
public:
    explicit ModelSection(NeuronModel& model) : model_{model} {}
    void visit(FieldVisitor& visitor) const override { model_.visit(visitor); }

private:
    NeuronModel& model_;
};

/// All keys of a model; the names that `key` may take, where it is a choice or a switch; and its value.
class KeyLister final : public PartialVisitor {
public:
    explicit KeyLister(std::string_view key) : key_{key} {}
    void boolean(const FieldInfo& info, bool& on) override {
        static constexpr std::array<std::string_view, 2> truth{"false", "true"};
        note(info, on ? 1.0 : 0.0, truth);
    }
    void integer(const FieldInfo& info, std::int64_t& number) override { note(info, static_cast<double>(number), {}); }
    void real(const FieldInfo& info, double& number) override { note(info, number, {}); }
    void quantity(const FieldInfo& info, const Unit&, double& number) override { note(info, number, {}); }
    void choice(const FieldInfo& info, std::span<const std::string_view> all, std::size_t& index) override {
        note(info, static_cast<double>(index), all);
    }

    std::vector<std::string> keys;
    std::vector<std::string_view> names;
    double value = 0.0;

private:
    void note(const FieldInfo& info, double value_of_key, std::span<const std::string_view> names_of_key) {
        keys.emplace_back(info.key);
        if (info.key != key_) return;
        names.assign(names_of_key.begin(), names_of_key.end());
        value = value_of_key;
    }
    std::string_view key_;
};

[[noreturn]] void refuse(const std::string& where, const std::string& problem) {
    throw InputError{fmt::format("network.neurons.{}: {}", where, problem)};
}

[[nodiscard]] std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
    const std::string close = nearest(name, known);
    return close.empty() ? fmt::format("known: {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", close);
}

[[nodiscard]] double number_of(const std::string& where, const std::string& key, const std::string& text,
                               const KeyLister& lister) {
    if (std::find(lister.keys.begin(), lister.keys.end(), key) == lister.keys.end())
        refuse(where, fmt::format("the chip's neuron model has no such parameter; {}", suggestion(key, lister.keys)));
    const auto name = std::find(lister.names.begin(), lister.names.end(), text);
    if (name != lister.names.end()) return static_cast<double>(name - lister.names.begin());
    double value = 0.0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc{} && rest == text.data() + text.size()) return value;
    refuse(where, lister.names.empty() ? fmt::format("'{}' is not a number", text)
                                       : fmt::format("'{}' is not one of {}", text, fmt::join(lister.names, ", ")));
}

[[nodiscard]] LoweredPopulation& population_named(LoweredNetwork& network, const std::string& name) {
    std::vector<std::string> known;
    for (LoweredPopulation& population : network.populations) {
        if (population.is_input) continue;
        if (population.name == name) return population;
        known.push_back(population.name);
    }
    refuse(name, fmt::format("the network has no population of that name; {}", suggestion(name, known)));
}

[[nodiscard]] bool has_parameter(const NeuronParameters& table, const std::string& key) {
    return std::find(table.columns.begin(), table.columns.end(), key) != table.columns.end();
}

}  // namespace

void set_parameter(NeuronParameters& table, const std::string& key, double value) {
    const auto column =
        static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), key) - table.columns.begin());
    if (column == table.columns.size()) table.columns.push_back(key);
    for (std::vector<double>& row : table.rows) {
        row.resize(table.columns.size());
        row[column] = value;
    }
}

void override_parameters(LoweredNetwork& network, const NeuronOverrides& overrides, const NeuronModel& model) {
    for (const auto& [name, values] : overrides) {
        LoweredPopulation& population = population_named(network, name);
        for (const auto& [key, text] : values) {
            const std::string where = fmt::format("{}.{}", name, key);
            const auto trial = model.clone();
            KeyLister lister{key};
            trial->visit(lister);
            const double value = number_of(where, key, text, lister);
            try {
                assign_numbers(network.neuron_model, std::span{&key, 1}, std::span{&value, 1}, ModelSection{*trial});
            } catch (const InputError& error) {
                refuse(where, error.what());
            }
            // The same columns everywhere, so that populations may share cores.
            for (LoweredPopulation& other : network.populations)
                if (!other.is_input && !has_parameter(other.parameters, key))
                    set_parameter(other.parameters, key, lister.value);
            set_parameter(population.parameters, key, value);
        }
    }
}

}  // namespace spikefab
