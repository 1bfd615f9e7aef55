// SPDX-License-Identifier: Apache-2.0
// A window that slides over (channels, height, width): convolutions and pools.
#include "network/nir_convolution.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace spikefab {
namespace {

constexpr double largest_step = 1e6;                             ///< of a kernel, stride, padding or dilation
constexpr std::uint64_t most_entries = std::uint64_t{1} << 28U;  ///< of one layer's matrix

using Pair = std::array<std::int64_t, 2>;  ///< height, width

struct Window {
    Pair kernel, stride, dilation;
    Pair before, after;  ///< padding
};

std::int64_t whole(const NirNode& node, std::string_view key, double value, double lowest) {
    if (!(value >= lowest && value <= largest_step) || value != std::floor(value))
        node.refuse(fmt::format("'{}' is {}, expected a whole number from {} to {}", key, value, lowest, largest_step));
    return static_cast<std::int64_t>(value);
}

/// One number for both directions, or (height, width).
Pair pair_of(const NirNode& node, std::string_view key, double lowest, Pair otherwise) {
    const NumberArray* array = node.find(key);
    if (array == nullptr) return otherwise;
    if (array->values.empty() || array->values.size() > 2)
        node.refuse(fmt::format("'{}' has {} values, expected one or two", key, array->values.size()));
    return {whole(node, key, array->values.front(), lowest), whole(node, key, array->values.back(), lowest)};
}

void set_padding(const NirNode& node, Window& window) {
    const auto text = node.texts.find("padding");
    if (text == node.texts.end()) {
        window.before = window.after = pair_of(node, "padding", 0.0, {0, 0});
        return;
    }
    if (text->second == "valid") return;
    if (text->second != "same")
        node.refuse(fmt::format("padding '{}' is not known; use \"same\", \"valid\" or numbers", text->second));
    if (window.stride != Pair{1, 1}) node.refuse("padding \"same\" needs a stride of 1");
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::int64_t total = window.dilation[axis] * (window.kernel[axis] - 1);
        window.before[axis] = total / 2;  // as PyTorch: the odd one goes behind
        window.after[axis] = total - window.before[axis];
    }
}

std::int64_t output_size(const NirNode& node, const Window& window, std::size_t axis, std::int64_t input) {
    const std::int64_t reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const std::int64_t padded = input + window.before[axis] + window.after[axis];
    if (padded < reach)
        node.refuse(fmt::format("its window spans {} {}, but what it receives has {} with its padding", reach,
                                axis == 0 ? "rows" : "columns", padded));
    return (padded - reach) / window.stride[axis] + 1;
}

LayerShape as_maps(const NirNode& node, const LayerShape& input) {
    if (input.size() == 3) return input;
    if (input.size() == 2) return {1, input[0], input[1]};
    node.refuse(fmt::format("needs (channels, height, width), but what it receives has shape {}", to_text(input)));
}

/// Calls `visit(kernel row, kernel column, input row, input column)` for the part of the window inside the input.
template <class Visit>
void for_each_tap(const Window& window, Pair place, Pair input, const Visit& visit) {
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
        const std::int64_t y = place[0] * window.stride[0] - window.before[0] + ky * window.dilation[0];
        if (y < 0 || y >= input[0]) continue;
        for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
            const std::int64_t x = place[1] * window.stride[1] - window.before[1] + kx * window.dilation[1];
            if (x >= 0 && x < input[1]) visit(ky, kx, y, x);
        }
    }
}

struct Maps {
    std::int64_t inputs, outputs;  ///< channels
    std::int64_t per_group;        ///< input channels that one output channel sees
    Pair in, out;                  ///< height, width
};

/// `weight(output channel, index of input channel in its group, ky, kx)`.
template <class Weight>
SparseMatrix<double> window_matrix(const NirNode& node, const Window& window, const Maps& maps, const Weight& weight) {
    const double entries = static_cast<double>(maps.outputs) * static_cast<double>(maps.out[0] * maps.out[1]) *
                           static_cast<double>(maps.per_group) * static_cast<double>(window.kernel[0] * window.kernel[1]);
    if (entries > static_cast<double>(most_entries))
        node.refuse(fmt::format("would make {:.3g} synapses; at most {} are supported", entries, most_entries));
    SparseMatrix<double> matrix{.rows = static_cast<std::uint32_t>(maps.outputs * maps.out[0] * maps.out[1]),
                                .columns = static_cast<std::uint32_t>(maps.inputs * maps.in[0] * maps.in[1])};
    const std::int64_t outputs_per_group = maps.outputs / (maps.inputs / maps.per_group);
    for (std::int64_t channel = 0; channel < maps.outputs; ++channel) {
        const std::int64_t first = channel / outputs_per_group * maps.per_group;
        for (std::int64_t row = 0; row < maps.out[0]; ++row) {
            for (std::int64_t column = 0; column < maps.out[1]; ++column) {
                for (std::int64_t i = 0; i < maps.per_group; ++i)
                    for_each_tap(window, {row, column}, maps.in, [&](auto ky, auto kx, auto y, auto x) {
                        const std::int64_t source = ((first + i) * maps.in[0] + y) * maps.in[1] + x;
                        append(matrix, static_cast<std::uint32_t>(source), weight(channel, i, ky, kx));
                    });
                matrix.offsets.push_back(matrix.entries());
            }
        }
    }
    return matrix;
}

LayerShape shape_of(const Maps& maps) {
    return {static_cast<std::uint32_t>(maps.outputs), static_cast<std::uint32_t>(maps.out[0]),
            static_cast<std::uint32_t>(maps.out[1])};
}

std::array<std::int64_t, 4> kernel_dims(const NirNode& node) {
    const std::vector<std::uint64_t>& dims = node.at("weight").dims;
    if (dims.size() != 4)
        node.refuse(fmt::format("'weight' has {} dimensions, expected (out, in, height, width)", dims.size()));
    std::array<std::int64_t, 4> result{};
    for (std::size_t i = 0; i < 4; ++i) result[i] = whole(node, "weight", static_cast<double>(dims[i]), 1.0);
    return result;
}

std::int64_t groups_of(const NirNode& node, std::int64_t outputs) {
    const std::int64_t groups = whole(node, "groups", node.number("groups").value_or(1.0), 1.0);
    if (outputs % groups != 0) node.refuse(fmt::format("{} output channels do not divide into {} groups", outputs, groups));
    return groups;
}

LinearLayer convolution(const NirNode& node, const LayerShape& input) {
    const auto [outputs, per_group, height, width] = kernel_dims(node);
    const LayerShape maps_in = as_maps(node, input);
    Window window{.kernel = {height, width},
                  .stride = pair_of(node, "stride", 1.0, {1, 1}),
                  .dilation = pair_of(node, "dilation", 1.0, {1, 1}),
                  .before = {},
                  .after = {}};
    set_padding(node, window);
    Maps maps{.inputs = maps_in[0], .outputs = outputs, .per_group = per_group, .in = {maps_in[1], maps_in[2]}, .out = {}};
    if (maps.inputs != per_group * groups_of(node, outputs))
        node.refuse(fmt::format("takes {} input channels, but what it receives has shape {}",
                                per_group * groups_of(node, outputs), to_text(input)));
    const auto declared = expected_window_input(node);
    if (declared && *declared != maps_in)
        node.refuse(fmt::format("expects {}, but what it receives has shape {}", to_text(*declared), to_text(input)));
    for (std::size_t axis = 0; axis < 2; ++axis) maps.out[axis] = output_size(node, window, axis, maps.in[axis]);
    const std::vector<double>& weight = node.at("weight").values;
    LinearLayer layer{.output = shape_of(maps), .matrix = {}, .bias = {}, .work = {}};
    layer.matrix = window_matrix(node, window, maps, [&](auto channel, auto i, auto ky, auto kx) {
        const auto [rows, columns] = window.kernel;
        return weight[static_cast<std::size_t>(((channel * maps.per_group + i) * rows + ky) * columns + kx)];
    });
    const auto places = static_cast<std::size_t>(maps.out[0] * maps.out[1]);
    const std::vector<double> bias = bias_of(node, static_cast<std::size_t>(outputs));
    for (const double value : bias) layer.bias.insert(layer.bias.end(), places, value);
    layer.work = {.name = node.name,
                  .flops = 2 * places * weight.size(),
                  .parameters = weight.size() + bias.size(),
                  .inputs = elements(input),
                  .outputs = elements(layer.output)};
    return layer;
}

LinearLayer pool(const NirNode& node, const LayerShape& input) {
    const LayerShape maps_in = as_maps(node, input);
    if (node.find("kernel_size") == nullptr) node.refuse("has no 'kernel_size'");
    const Pair kernel = pair_of(node, "kernel_size", 1.0, {});
    Window window{
        .kernel = kernel, .stride = pair_of(node, "stride", 1.0, kernel), .dilation = {1, 1}, .before = {}, .after = {}};
    set_padding(node, window);
    Maps maps{.inputs = maps_in[0], .outputs = maps_in[0], .per_group = 1, .in = {maps_in[1], maps_in[2]}, .out = {}};
    for (std::size_t axis = 0; axis < 2; ++axis) maps.out[axis] = output_size(node, window, axis, maps.in[axis]);
    const double share = node.type == "AvgPool2d" ? 1.0 / static_cast<double>(kernel[0] * kernel[1]) : 1.0;
    LinearLayer layer{.output = shape_of(maps), .matrix = {}, .bias = {}, .work = {}};
    layer.matrix = window_matrix(node, window, maps, [share](auto...) { return share; });
    layer.work = {.name = node.name,
                  .flops = elements(layer.output) * static_cast<std::uint64_t>(kernel[0] * kernel[1]),
                  .parameters = 0,
                  .inputs = elements(input),
                  .outputs = elements(layer.output)};
    return layer;
}

}  // namespace

LinearLayer window_layer(const NirNode& node, const LayerShape& input) {
    return node.type == "Conv2d" ? convolution(node, input) : pool(node, input);
}

std::optional<LayerShape> expected_window_input(const NirNode& node) {
    const NumberArray* declared = node.find("input_shape");
    if (declared == nullptr || declared->values.size() != 2) return std::nullopt;
    const auto [outputs, per_group, height, width] = kernel_dims(node);
    const Pair size = pair_of(node, "input_shape", 1.0, {});
    return LayerShape{static_cast<std::uint32_t>(per_group * groups_of(node, outputs)), static_cast<std::uint32_t>(size[0]),
                      static_cast<std::uint32_t>(size[1])};
}

std::vector<double> bias_of(const NirNode& node, std::size_t count) {
    const NumberArray* bias = node.find("bias");
    if (bias == nullptr) return {};
    if (bias->values.size() != count) node.refuse(fmt::format("'bias' has {} values, expected {}", bias->values.size(), count));
    for (const double value : bias->values)
        if (!std::isfinite(value)) node.refuse(fmt::format("'bias' holds {}, which is not a finite number", value));
    return bias->values;
}

}  // namespace spikefab
