// SPDX-License-Identifier: Apache-2.0
// Tools that lowerings share.
#include "network/lowering_rule.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikefab {

ParameterTable::ParameterTable(std::string layer, std::vector<std::string> columns) : layer_{std::move(layer)} {
    table_.columns = std::move(columns);
}

void ParameterTable::add(std::vector<double> row) {
    const auto found = known_.find(row);
    if (found != known_.end()) {
        table_.row_of_neuron.push_back(found->second);
        return;
    }
    if (table_.rows.size() > std::numeric_limits<std::uint16_t>::max())
        throw InputError{
            fmt::format("layer '{}' has more than {} different sets of neuron parameters; round its thresholds or biases, or "
                        "split it",
                        layer_, std::numeric_limits<std::uint16_t>::max() + 1)};
    const auto number = static_cast<std::uint16_t>(table_.rows.size());
    table_.rows.push_back(row);
    table_.row_of_neuron.push_back(number);
    known_.emplace(std::move(row), number);
}

double fitted_to(ChipRange range, double value, std::string_view what, std::size_t neuron, const DiscreteLayer& layer,
                 const LoweringOptions& options, LayerLoweringReport& report, std::string_view advice) {
    if (value >= range.lower && value <= range.upper) return value;
    if (options.on_out_of_range == OutOfRange::refuse)
        layer.refuse(
            fmt::format("neuron {}: its {} would be {} on the chip, which holds {} to {}; {}, or allow clipping "
                        "(on_out_of_range: clip)",
                        neuron, what, value, range.lower, range.upper, advice));
    ++report.clipped;
    return std::clamp(value, range.lower, range.upper);
}

void WeightErrors::add(double effective, double chip, double scale) {
    const double error = std::abs(chip / scale - effective);
    largest_weight_ = std::max(largest_weight_, std::abs(effective));
    largest_error_ = std::max(largest_error_, error);
    squares_ += error * error;
    ++weights_;
    synapses_ += chip != 0.0 ? 1U : 0U;
    to_zero_ += chip == 0.0 ? 1U : 0U;
}

void WeightErrors::write_to(LayerLoweringReport& report) const {
    report.synapses = synapses_;
    report.weights_to_zero = to_zero_;
    if (weights_ == 0) return;
    report.weight_error_max = largest_error_ / largest_weight_;
    report.weight_error_rms = std::sqrt(squares_ / static_cast<double>(weights_)) / largest_weight_;
}

double largest_effective_weight(const DiscreteLayer& layer) {
    double largest = 0.0;
    for (const Projection* input : layer.inputs)
        for (std::size_t neuron = 0; neuron < layer.size(); ++neuron)
            for (const double weight : input->weights.values_of(neuron))
                largest = std::max(largest, std::abs(layer.effective(weight, neuron)));
    return largest;
}

unsigned common_quantum(std::span<const double> values, unsigned most) {
    double largest = 0.0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    if (largest == 0.0) return 0;
    for (unsigned q = 1; q <= most; ++q) {
        const double per_unit = static_cast<double>(q) / largest;
        if (std::all_of(values.begin(), values.end(),
                        [&](double value) { return std::abs(value * per_unit - std::round(value * per_unit)) <= 1e-5; }))
            return q;
    }
    return 0;
}

}  // namespace spikefab
