// SPDX-License-Identifier: Apache-2.0
// Reads field tables and draws parameters from them.
#include "law/model_under_test.hpp"

#include "base/partial_visitor.hpp"

#include <algorithm>
#include <cmath>

namespace spikefab::law {
namespace {

class FieldLister final : public PartialVisitor {
public:
    void boolean(const FieldInfo& info, bool& value) override {
        fields.push_back({std::string{info.key}, {0.0, 1.0}, true, value ? 1.0 : 0.0});
    }
    void integer(const FieldInfo& info, std::int64_t& value) override {
        fields.push_back({std::string{info.key}, info.bounds, true, static_cast<double>(value)});
    }
    void real(const FieldInfo& info, double& value) override {
        fields.push_back({std::string{info.key}, info.bounds, false, value});
    }
    void choice(const FieldInfo& info, std::span<const std::string_view> names, std::size_t& index) override {
        fields.push_back(
            {std::string{info.key}, {0.0, static_cast<double>(names.size()) - 1.0}, true, static_cast<double>(index)});
    }
    std::vector<ParameterField> fields;
};

class NumberLister final : public PartialVisitor {
public:
    void boolean(const FieldInfo&, bool& value) override { numbers.push_back(value ? 1.0 : 0.0); }
    void integer(const FieldInfo&, std::int64_t& value) override { numbers.push_back(static_cast<double>(value)); }
    void real(const FieldInfo&, double& value) override { numbers.push_back(value); }
    std::vector<double> numbers;
};

[[nodiscard]] double random_value(const ParameterField& field, Rng& rng) {
    const double lower = std::max(field.bounds.lower, -1e4);
    const double upper = std::min(field.bounds.upper, 1e4);
    const double kind = rng.uniform();
    double value = field.value;
    if (kind < 0.3)
        value = lower + (upper - lower) * rng.uniform();
    else if (kind < 0.6)
        value = field.value + (upper - lower) * 0.02 * (rng.uniform() - 0.5);
    else if (kind < 0.7)
        value = std::clamp(0.0, lower, upper);
    value = std::clamp(value, lower, upper);
    return field.whole ? std::round(value) : value;
}

template <class Input>
[[nodiscard]] std::vector<double> numbers_of(NeuronArray<Input>& array, std::size_t neuron, std::uint64_t step) {
    NumberLister lister;
    array.visit_state(neuron, step, lister);
    return lister.numbers;
}

}  // namespace

std::vector<ParameterField> parameter_fields(std::string_view model) {
    FieldLister lister;
    Registry<NeuronModel>::instance().make(model)->visit(lister);
    return lister.fields;
}

NeuronParameters random_parameters(std::string_view model, std::size_t neurons, std::size_t rows, Rng& rng) {
    const std::vector<ParameterField> fields = parameter_fields(model);
    NeuronParameters table;
    for (const ParameterField& field : fields) table.columns.push_back(field.key);
    for (std::size_t row = 0; row < rows; ++row) {
        table.rows.emplace_back();
        for (const ParameterField& field : fields) table.rows.back().push_back(random_value(field, rng));
    }
    for (std::size_t neuron = 0; neuron < neurons; ++neuron)
        table.row_of_neuron.push_back(static_cast<std::uint16_t>(rng.below(static_cast<std::uint32_t>(rows))));
    return table;
}

std::vector<double> state_of(NeuronArray<std::int32_t>& array, std::size_t neuron, std::uint64_t step) {
    return numbers_of(array, neuron, step);
}
std::vector<double> state_of(NeuronArray<double>& array, std::size_t neuron, std::uint64_t step) {
    return numbers_of(array, neuron, step);
}

}  // namespace spikefab::law
