// SPDX-License-Identifier: Apache-2.0
// Asking the GPU models.
#include "run/compare_gpus.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

/// The precision asked for, else the fastest that fits a network trained in floating point.
[[nodiscard]] std::string precision_for(const Gpu& gpu, const std::string& asked) {
    if (!asked.empty()) return asked;
    return gpu.precisions.contains("fp16_tensor") ? "fp16_tensor" : "fp32";
}

}  // namespace

std::vector<DenseLayer> dense_layers(const Network& network) {
    std::vector<DenseLayer> layers;
    for (const LayerWork& work : layer_work(network))
        layers.push_back({.name = work.name,
                          .flops = static_cast<double>(work.flops),
                          .parameters = static_cast<double>(work.parameters),
                          .inputs = static_cast<double>(work.inputs),
                          .outputs = static_cast<double>(work.outputs)});
    return layers;
}

std::vector<GpuEstimate> compare_gpus(const GpuComparison& comparison, const std::vector<DenseLayer>& layers) {
    std::vector<GpuEstimate> estimates;
    if (layers.empty()) return estimates;
    for (std::size_t i = 0; i < comparison.models.size(); ++i) {
        const Gpu& gpu = comparison.models[i];
        const std::string precision = precision_for(gpu, comparison.precision);
        try {
            for (const std::uint32_t batch : comparison.batches) estimates.push_back(estimate(gpu, layers, batch, precision));
            estimates.push_back(best_batch(gpu, layers, precision));
        } catch (const InputError& error) {
            throw InputError{fmt::format("gpus.models.{}: {}", i, error.what())};
        }
    }
    return estimates;
}

}  // namespace spikefab
