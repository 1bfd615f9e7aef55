// SPDX-License-Identifier: Apache-2.0
// Shapes, neuron nodes and dense nodes of NIR; convolutions and pools are in nir_convolution.cpp.
#include "network/nir_layers.hpp"

#include "network/nir_convolution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace spikefab {
namespace {

constexpr std::uint64_t most_neurons = std::uint64_t{1} << 28U;  ///< of one layer
constexpr std::array linear_types{"Affine", "AvgPool2d", "Conv2d", "Flatten", "Linear", "Scale", "SumPool2d"};
constexpr std::array neuron_types{"CubaLIF", "IF", "LIF"};

LayerShape without_ones(const LayerShape& shape) {
    LayerShape rest;
    std::copy_if(shape.begin(), shape.end(), std::back_inserter(rest), [](std::uint32_t dim) { return dim != 1; });
    return rest;
}

/// A batch of one before (channels, height, width) or (neurons) says nothing and is dropped.
LayerShape without_batch(LayerShape shape) {
    if ((shape.size() == 4 || shape.size() == 2) && shape.front() == 1) shape.erase(shape.begin());
    return shape;
}

LayerShape checked_shape(const NirNode& node, std::string_view key, const std::vector<double>& dims) {
    LayerShape shape;
    std::uint64_t count = 1;
    for (const double dim : dims) {
        if (!(dim >= 1.0 && dim <= static_cast<double>(most_neurons)) || dim != std::floor(dim))
            node.refuse(fmt::format("'{}' holds {}, which is not a size", key, dim));
        shape.push_back(static_cast<std::uint32_t>(dim));
        count *= shape.back();
        if (count > most_neurons) node.refuse(fmt::format("'{}' is more than {} neurons", key, most_neurons));
    }
    return without_batch(std::move(shape));
}

LayerShape shape_of(const NirNode& node, std::string_view key, const NumberArray& array) {
    return checked_shape(node, key, {array.dims.begin(), array.dims.end()});
}

/// Repeats `array` along the dimensions where it has size 1; nothing when its shape does not fit.
std::optional<std::vector<double>> broadcast(const NumberArray& array, const LayerShape& shape) {
    const std::size_t extra = array.dims.size() > shape.size() ? array.dims.size() - shape.size() : 0;
    for (std::size_t i = 0; i < extra; ++i)
        if (array.dims[i] != 1) return std::nullopt;
    std::vector<std::uint64_t> strides(shape.size(), 0);
    std::uint64_t stride = 1;
    for (std::size_t back = 0; back < std::min(shape.size(), array.dims.size()); ++back) {
        const std::uint64_t dim = array.dims[array.dims.size() - 1 - back];
        const std::size_t axis = shape.size() - 1 - back;
        if (dim != 1 && dim != shape[axis]) return std::nullopt;
        strides[axis] = dim == 1 ? 0 : stride;
        stride *= dim;
    }
    std::vector<double> values(elements(shape));
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint64_t offset = 0;
        std::size_t rest = i;
        for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) offset += (rest % shape[axis]) * strides[axis];
        values[i] = array.values[offset];
    }
    return values;
}

/// One value when all are equal, so that tables stay small.
PerNeuron compact(std::vector<double> values) {
    if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); })) values.resize(1);
    return {std::move(values)};
}

PerNeuron parameter(const NirNode& node, std::string_view key, const LayerShape& shape, std::optional<double> otherwise = {}) {
    const NumberArray* array = node.find(key);
    if (array == nullptr && otherwise) return {{*otherwise}};
    if (array == nullptr) node.refuse(fmt::format("has no '{}'", key));
    if (array->values.empty()) node.refuse(fmt::format("'{}' is empty", key));
    for (const double value : array->values)
        if (!std::isfinite(value)) node.refuse(fmt::format("'{}' holds {}, which is not a finite number", key, value));
    if (array->values.size() == 1) return {array->values};
    if (array->values.size() == elements(shape) && same_but_for_ones(shape_of(node, key, *array), shape))
        return compact(array->values);
    if (auto values = broadcast(*array, shape)) return compact(std::move(*values));
    node.refuse(fmt::format("'{}' has shape ({}), but what it receives has shape {}", key, fmt::join(array->dims, ", "),
                            to_text(shape)));
}

std::uint32_t dimension(const NirNode& node, std::uint64_t size) {
    if (size == 0 || size > most_neurons) node.refuse(fmt::format("'weight' has a dimension of {}", size));
    return static_cast<std::uint32_t>(size);
}

/// (out, in) of a dense weight; leading dimensions of 1 are dropped.
std::array<std::uint32_t, 2> dense_shape(const NirNode& node) {
    const NumberArray& weight = node.at("weight");
    const std::size_t rank = weight.dims.size();
    bool plain = rank >= 2;
    for (std::size_t i = 0; plain && i + 2 < rank; ++i) plain = weight.dims[i] == 1;
    if (!plain) node.refuse(fmt::format("'weight' has shape ({}), expected (out, in)", fmt::join(weight.dims, ", ")));
    return {dimension(node, weight.dims[rank - 2]), dimension(node, weight.dims[rank - 1])};
}

LinearLayer dense_layer(const NirNode& node, const LayerShape& input) {
    const auto [out, in] = dense_shape(node);
    if (elements(input) != in || without_ones(input).size() > 1)
        node.refuse(fmt::format("'weight' takes {} values, but what it receives has shape {}{}", in, to_text(input),
                                elements(input) == in ? "; put a Flatten before it" : ""));
    LinearLayer layer{.output = {out}, .matrix = SparseMatrix<double>{.rows = out, .columns = in}, .bias = {}, .work = {}};
    const std::vector<double>& weight = node.at("weight").values;
    for (std::uint32_t row = 0; row < out; ++row) {
        for (std::uint32_t column = 0; column < in; ++column)
            append(*layer.matrix, column, weight[std::size_t{row} * in + column]);
        layer.matrix->offsets.push_back(layer.matrix->entries());
    }
    if (node.type == "Affine") layer.bias = bias_of(node, out);
    const std::uint64_t products = std::uint64_t{out} * in;
    layer.work = {
        .name = node.name, .flops = 2 * products, .parameters = products + layer.bias.size(), .inputs = in, .outputs = out};
    return layer;
}

LinearLayer scale_layer(const NirNode& node, const LayerShape& input) {
    const PerNeuron scale = parameter(node, "scale", input);
    LinearLayer layer{.output = input, .matrix = identity_matrix(elements(input)), .bias = {}, .work = {}};
    const std::uint64_t size = elements(input);
    for (std::size_t i = 0; i < size; ++i) layer.matrix->values[i] = scale[i];
    layer.work = {.name = node.name, .flops = size, .parameters = size, .inputs = size, .outputs = size};
    return layer;
}

/// Row-major order does not change when dimensions are merged. `start_dim` 0 and 1 both occur for "all of it": exporters
/// count a batch dimension that the file does not have.
LinearLayer flatten_layer(const NirNode& node, const LayerShape& input) {
    const double start = node.number("start_dim").value_or(0.0);
    const double end = node.number("end_dim").value_or(-1.0);
    const auto rank = static_cast<double>(input.size());
    if (start != 0.0 && start != 1.0) node.refuse(fmt::format("start_dim {} is not supported; flatten from 0 or 1", start));
    if (end != -1.0 && end != rank - 1.0 && end != rank)
        node.refuse(fmt::format("end_dim {} is not supported; flatten to -1", end));
    if (const NumberArray* declared = node.find("input_type")) {
        // Old exporters filled the shape with zeros.
        const bool unknown =
            std::any_of(declared->values.begin(), declared->values.end(), [](double dim) { return dim == 0.0; });
        if (!unknown && !same_but_for_ones(declared_shape(node, "input_type"), input))
            node.refuse(fmt::format("'input_type' is {}, but what it receives has shape {}",
                                    to_text(declared_shape(node, "input_type")), to_text(input)));
    }
    return {.output = {static_cast<std::uint32_t>(elements(input))}, .matrix = {}, .bias = {}, .work = {}};
}

}  // namespace

bool is_linear(std::string_view type) {
    return std::find(linear_types.begin(), linear_types.end(), type) != linear_types.end();
}

bool is_neuron(std::string_view type) {
    return std::find(neuron_types.begin(), neuron_types.end(), type) != neuron_types.end();
}

bool is_delay(std::string_view type) {
    return type == "Delay";
}

bool same_but_for_ones(const LayerShape& left, const LayerShape& right) {
    return without_ones(left) == without_ones(right);
}

std::string to_text(const LayerShape& shape) {
    return fmt::format("({})", fmt::join(shape, ", "));
}

LayerShape declared_shape(const NirNode& node, std::string_view key) {
    const NumberArray& shape = node.at(key);
    if (shape.values.empty() || shape.values.size() > 4)
        node.refuse(fmt::format("'{}' has {} dimensions; one to four are supported", key, shape.values.size()));
    return checked_shape(node, key, shape.values);
}

LinearLayer linear_layer(const NirNode& node, const LayerShape& input) {
    if (node.type == "Affine" || node.type == "Linear") return dense_layer(node, input);
    if (node.type == "Scale") return scale_layer(node, input);
    if (node.type == "Flatten") return flatten_layer(node, input);
    return window_layer(node, input);
}

PerNeuron delay_of(const NirNode& node, const LayerShape& input) {
    const PerNeuron delay = parameter(node, "delay", input);
    for (const double seconds : delay.values)
        if (seconds < 0.0) node.refuse(fmt::format("'delay' holds {} s; a spike cannot arrive before it was sent", seconds));
    return delay;
}

Population neuron_population(const NirNode& node, const LayerShape& input) {
    Population population{.name = node.name, .shape = input};
    population.r = parameter(node, "r", input);
    population.v_threshold = parameter(node, "v_threshold", input);
    population.v_reset = parameter(node, "v_reset", input, 0.0);  // absent before NIR 1.0.6
    population.kind = PopulationKind::integrate_and_fire;
    if (node.type == "IF") return population;
    population.kind = PopulationKind::leaky;
    population.v_leak = parameter(node, "v_leak", input);
    population.tau_mem = parameter(node, node.type == "LIF" ? "tau" : "tau_mem", input);
    if (node.type == "LIF") return population;
    population.kind = PopulationKind::current_based;
    population.tau_syn = parameter(node, "tau_syn", input);
    population.w_in = parameter(node, "w_in", input, 1.0);  // absent in the oldest files
    return population;
}

std::optional<LayerShape> expected_input(const NirNode& node) {
    if (node.type == "Affine" || node.type == "Linear") return LayerShape{dense_shape(node)[1]};
    if (node.type == "Conv2d") return expected_window_input(node);
    if (node.type == "Flatten" && node.find("input_type") != nullptr) return declared_shape(node, "input_type");
    std::optional<LayerShape> largest;
    for (const auto& [key, array] : node.numbers) {
        if (array.dims.empty() || !(is_neuron(node.type) || is_delay(node.type) || node.type == "Scale")) continue;
        const LayerShape shape = shape_of(node, key, array);
        if (!largest || elements(shape) > elements(*largest)) largest = shape;
    }
    return largest;
}

}  // namespace spikefab
