// SPDX-License-Identifier: Apache-2.0
// Steps a neuron array as a core does: only neurons with input are due, the others sleep until they are read.
#include "verify/neuron_population.hpp"

#include "base/error.hpp"
#include "base/partial_visitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace spikefab::verify {
namespace {

class IntegerReader final : public PartialVisitor {
public:
    explicit IntegerReader(std::string_view key) : key_{key} {}
    void integer(const FieldInfo& info, std::int64_t& value) override {
        if (info.key == key_) found_ = value;
    }
    [[nodiscard]] std::optional<std::int64_t> found() const { return found_; }

private:
    std::string_view key_;
    std::optional<std::int64_t> found_;
};

}  // namespace

NeuronParameters NeuronTable::parameters() const {
    NeuronParameters parameters{.columns = columns, .rows = rows, .row_of_neuron = {}};
    for (std::size_t row = 0; row < rows.size(); ++row) parameters.row_of_neuron.push_back(static_cast<std::uint16_t>(row));
    return parameters;
}

NeuronPopulation::NeuronPopulation(const NeuronTable& table) {
    array_ = Registry<NeuronModel>::instance().make(table.model)->make_integer_array(table.parameters());
    if (array_ == nullptr) throw InputError{fmt::format("neuron model '{}' does not take integer sums", table.model)};
    due_.assign((size() + 63) / 64, 0);
    input_.assign(size(), 0);
    payloads_.assign(size(), 0);
}

std::span<const std::int32_t> NeuronPopulation::step(std::uint64_t step, std::span<const std::int32_t> sums) {
    if (sums.size() != size()) throw InputError{fmt::format("step {}: {} sums for {} neurons", step, sums.size(), size())};
    std::fill(due_.begin(), due_.end(), 0);
    for (std::size_t neuron = 0; neuron < sums.size(); ++neuron)
        if (sums[neuron] != 0) due_[neuron / 64] |= std::uint64_t{1} << (neuron % 64);
    std::copy(sums.begin(), sums.end(), input_.begin());
    spikes_.clear();
    array_->step(step, due_, input_, spikes_);
    std::fill(payloads_.begin(), payloads_.end(), 0);
    for (const Spike& spike : spikes_) payloads_[spike.neuron] = spike.payload;
    return payloads_;
}

std::int64_t NeuronPopulation::state(std::size_t neuron, std::uint64_t step, std::string_view key) {
    IntegerReader reader{key};
    array_->visit_state(neuron, step, reader);
    if (!reader.found()) throw InputError{fmt::format("the neuron model has no integer state '{}'", key)};
    return *reader.found();
}

}  // namespace spikefab::verify
