// SPDX-License-Identifier: Apache-2.0
// The roofline with launches, idle power and power cap; the equations stand in the header.
#include "models/gpu/gpu.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikefab {
namespace {

constexpr std::uint32_t largest_batch = 65536;
constexpr double bits_per_byte = 8.0;

template <class Value>
[[nodiscard]] Value value_or(const std::optional<Sourced<Value>>& figure, Value otherwise) {
    return figure ? figure->value : otherwise;
}

[[nodiscard]] const GpuPrecision& precision_of(const Gpu& gpu, std::string_view name) {
    const auto found = gpu.precisions.find(std::string{name});
    if (found != gpu.precisions.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [precision, unused] : gpu.precisions) known.push_back(precision);
    throw InputError{fmt::format("GPU '{}' has no precision '{}'; its file gives: {}", gpu.name, name, fmt::join(known, ", "))};
}

/// Time and energy above the context power of a whole batch.
struct Work {
    Time time;
    Energy energy;
};

[[nodiscard]] Work layer_work(const Gpu& gpu, const GpuPrecision& precision, const DenseLayer& layer, double batch) {
    const double flops = layer.flops * batch;
    const double bytes = precision.bytes_per_value * (layer.parameters + batch * (layer.inputs + layer.outputs));
    const Time arithmetic{flops / (precision.efficiency.value * precision.peak.value.value())};
    const Time transfer{bytes / (gpu.memory.efficiency.value * gpu.memory.bandwidth.value.value())};
    return {std::max({gpu.launch_time.value, arithmetic, transfer}), precision.energy_per_flop.value * flops +
                                                                         gpu.memory.energy_per_byte.value * bytes +
                                                                         value_or(gpu.launch_energy, Energy{})};
}

[[nodiscard]] Work batch_work(const Gpu& gpu, const GpuPrecision& precision, std::span<const DenseLayer> layers, double batch) {
    Work sum{value_or(gpu.host.call_time, Time{}) + value_or(gpu.host.sample_time, Time{}) * batch,
             value_or(gpu.host.sample_energy, Energy{}) * batch};
    for (const DenseLayer& layer : layers) {
        const Work work = layer_work(gpu, precision, layer, batch);
        sum.time += work.time;
        sum.energy += work.energy;
    }
    return sum;
}

[[nodiscard]] std::string what_is_included(const Gpu& gpu, bool include_host) {
    const bool framework = gpu.host.call_time.has_value();
    return fmt::format("GPU board with idle power, {}; {}", framework ? "framework time" : "no framework time",
                       include_host ? "host machine and its power supply" : "no host machine");
}

void check_request(const Gpu& gpu, std::span<const DenseLayer> layers, std::uint32_t batch, const GpuPrecision& precision) {
    if (layers.empty()) throw InputError{"a GPU estimate needs at least one layer"};
    if (batch == 0) throw InputError{"a GPU batch must be at least 1"};
    const DataSize needed = memory_needed(layers, batch, precision.bytes_per_value);
    if (needed > gpu.memory.size.value)
        throw InputError{fmt::format("GPU '{}': a batch of {} needs {:.4g} GB of its {:.4g} GB of memory; use a smaller batch",
                                     gpu.name, batch, needed.value() / bits_per_byte / 1e9,
                                     gpu.memory.size.value.value() / bits_per_byte / 1e9)};
}

[[nodiscard]] bool fits(const Gpu& gpu, std::span<const DenseLayer> layers, std::uint32_t batch, double bytes_per_value) {
    return memory_needed(layers, batch, bytes_per_value) <= gpu.memory.size.value;
}

}  // namespace

DataSize memory_needed(std::span<const DenseLayer> layers, std::uint32_t batch, double bytes_per_value) {
    double parameters = 0.0;
    double activations = 0.0;
    for (const DenseLayer& layer : layers) {
        parameters += layer.parameters;
        activations = std::max(activations, layer.inputs + layer.outputs);
    }
    return DataSize{bits_per_byte * bytes_per_value * (parameters + batch * activations)};
}

GpuEstimate estimate(const Gpu& gpu, std::span<const DenseLayer> layers, std::uint32_t batch, std::string_view precision,
                     bool include_host) {
    const GpuPrecision& format = precision_of(gpu, precision);
    check_request(gpu, layers, batch, format);
    const Work work = batch_work(gpu, format, layers, batch);

    const Power context = value_or(gpu.context_power, gpu.idle_power.value);
    const Power cap = gpu.power_cap.value;
    const Time time_at_cap{work.energy.value() / (cap - context).value()};
    const bool capped = time_at_cap > work.time;
    const Time time = capped ? time_at_cap : work.time;
    const Energy board = context * time + work.energy;
    const Energy wall =
        include_host ? (board + value_or(gpu.host.power, Power{}) * time) / value_or(gpu.host.supply_efficiency, 1.0) : board;
    return {.gpu = gpu.name,
            .batch = batch,
            .precision = std::string{precision},
            .batch_latency = time,
            .time_per_inference = time / batch,
            .energy = wall / batch,
            .dynamic_energy = (board - gpu.idle_power.value * time) / batch,
            .power = wall / time,
            .power_capped = capped,
            .includes = what_is_included(gpu, include_host)};
}

GpuEstimate best_batch(const Gpu& gpu, std::span<const DenseLayer> layers, std::string_view precision, bool include_host) {
    GpuEstimate best = estimate(gpu, layers, 1, precision, include_host);
    const double bytes = precision_of(gpu, precision).bytes_per_value;
    for (std::uint32_t batch = 2; batch <= largest_batch && fits(gpu, layers, batch, bytes); batch *= 2) {
        GpuEstimate candidate = estimate(gpu, layers, batch, precision, include_host);
        if (candidate.energy < best.energy) best = std::move(candidate);
    }
    best.best_batch = true;
    return best;
}

std::vector<std::string> problems_of(const Gpu& gpu) {
    std::vector<std::string> problems;
    const auto check_share = [&](std::string_view path, double share) {
        if (!(share > 0.0 && share <= 1.0))
            problems.push_back(fmt::format("{}: {} must be above 0 and at most 1", path, share));
    };
    if (gpu.precisions.empty()) problems.emplace_back("precisions: at least one number format is needed");
    for (const auto& [name, precision] : gpu.precisions) {
        check_share("precisions." + name + ".efficiency", precision.efficiency.value);
        if (precision.peak.value.value() <= 0.0) problems.push_back("precisions." + name + ".peak: must be above 0");
    }
    check_share("memory.efficiency", gpu.memory.efficiency.value);
    if (gpu.memory.bandwidth.value.value() <= 0.0) problems.emplace_back("memory.bandwidth: must be above 0");
    const Power context = value_or(gpu.context_power, gpu.idle_power.value);
    if (context < gpu.idle_power.value) problems.emplace_back("context_power: is below idle_power");
    if (gpu.power_cap.value <= context) problems.emplace_back("power_cap: must be above idle_power and context_power");
    if (gpu.host.supply_efficiency) check_share("host.supply_efficiency", gpu.host.supply_efficiency->value);
    return problems;
}

}  // namespace spikefab
