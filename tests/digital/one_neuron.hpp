// SPDX-License-Identifier: Apache-2.0
// A few neurons of any registered model, stepped by hand.
#pragma once

#include "base/partial_visitor.hpp"
#include "models/neuron/neuron_model.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spikefab {

class NumberReader final : public PartialVisitor {
public:
    void integer(const FieldInfo& info, std::int64_t& value) override {
        numbers[std::string{info.key}] = static_cast<double>(value);
    }
    void real(const FieldInfo& info, double& value) override { numbers[std::string{info.key}] = value; }
    std::map<std::string, double> numbers;
};

/// One neuron per row. `Input` is that of the model.
template <class Input>
class FewNeurons final {
public:
    FewNeurons(std::string_view model, const std::vector<std::string>& columns, const std::vector<std::vector<double>>& rows) {
        NeuronParameters table{.columns = columns, .rows = rows, .row_of_neuron = {}};
        for (std::size_t row = 0; row < rows.size(); ++row) table.row_of_neuron.push_back(static_cast<std::uint16_t>(row));
        const auto chosen = Registry<NeuronModel>::instance().make(model);
        if constexpr (std::is_same_v<Input, double>) {
            array_ = chosen->make_real_array(table);
        } else {
            array_ = chosen->make_integer_array(table);
        }
    }

    void draw_from(const DrawSource& source) { array_->draw_from(source); }
    /// Payloads after a step in which neurons with input other than 0 are due.
    std::vector<std::int32_t> step(std::vector<Input> input) {
        std::vector<std::uint64_t> due((input.size() + 63) / 64, 0);
        for (std::size_t i = 0; i < input.size(); ++i)
            if (input[i] != Input{}) due[i / 64] |= std::uint64_t{1} << (i % 64);
        std::vector<Spike> spikes;
        std::vector<std::int32_t> payloads(input.size(), 0);
        array_->step(++step_, due, input, spikes);
        for (const Spike& spike : spikes) payloads[spike.neuron] = spike.payload;
        return payloads;
    }
    [[nodiscard]] double state(const std::string& key, std::size_t neuron = 0) {
        NumberReader reader;
        array_->visit_state(neuron, step_, reader);
        return reader.numbers.at(key);
    }
    [[nodiscard]] bool awake() const { return array_->awake(); }

private:
    std::unique_ptr<NeuronArray<Input>> array_;
    std::uint64_t step_ = 0;
};

}  // namespace spikefab
