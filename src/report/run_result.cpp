// SPDX-License-Identifier: Apache-2.0
// What follows from a run's records.
#include "report/run_result.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace spikefab {
namespace {

/// The smallest value that at least `share` of all values do not exceed; `sorted` is not empty.
[[nodiscard]] double nearest_rank(const std::vector<double>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

[[nodiscard]] std::optional<double> ratio(Energy gpu, Energy chip_total, std::size_t inferences) {
    if (inferences == 0 || chip_total.value() <= 0.0) return std::nullopt;
    return gpu / (chip_total / static_cast<double>(inferences));
}

}  // namespace

LatencySummary summarise_latency(const std::vector<InferenceRecord>& inferences) {
    if (inferences.empty()) return {};
    std::vector<double> latencies;
    double sum = 0.0;
    for (const InferenceRecord& inference : inferences) {
        latencies.push_back((inference.end - inference.start).value());
        sum += latencies.back();
    }
    std::sort(latencies.begin(), latencies.end());
    return {.mean = Time{sum / static_cast<double>(latencies.size())},
            .p50 = Time{nearest_rank(latencies, 0.50)},
            .p95 = Time{nearest_rank(latencies, 0.95)},
            .max = Time{latencies.back()}};
}

Energy total_of_inferences(const RunResult& run) {
    return run.learning ? run.energy.total - run.learning->energy.total : run.energy.total;
}

Energy dynamic_of_inferences(const RunResult& run) {
    return run.learning ? run.energy.dynamic - run.learning->energy.dynamic : run.energy.dynamic;
}

LabelledAnswers count_labelled(const std::vector<InferenceRecord>& inferences) {
    LabelledAnswers counts;
    for (const InferenceRecord& inference : inferences) {
        if (!inference.label) continue;
        ++counts.labelled;
        if (inference.answer == static_cast<std::int64_t>(*inference.label)) ++counts.right;
    }
    return counts;
}

LabelledAnswers count_labelled(const std::vector<InferenceRecord>& inferences, const std::vector<std::uint32_t>& classes) {
    std::vector<InferenceRecord> among;
    std::copy_if(inferences.begin(), inferences.end(), std::back_inserter(among), [&](const InferenceRecord& inference) {
        return inference.label && std::find(classes.begin(), classes.end(), *inference.label) != classes.end();
    });
    return count_labelled(among);
}

std::optional<double> accuracy(const std::vector<InferenceRecord>& inferences) {
    const LabelledAnswers counts = count_labelled(inferences);
    if (counts.labelled == 0) return std::nullopt;
    return static_cast<double>(counts.right) / static_cast<double>(counts.labelled);
}

EnergyRatios ratios(const GpuEstimate& gpu, const RunResult& run) {
    return {.total = ratio(gpu.energy, total_of_inferences(run), run.inferences.size()),
            .dynamic = ratio(gpu.dynamic_energy, dynamic_of_inferences(run), run.inferences.size())};
}

std::string what_chip_energy_includes(const RunResult& run) {
    std::string text = "chip with its events, ";
    text += run.energy.static_energy.value() > 0.0 ? "static power" : "no static power (the price list has none)";
    text += run.prices.host_included ? " and awake host" : "; no host";
    return text;
}

}  // namespace spikefab
