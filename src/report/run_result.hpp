// SPDX-License-Identifier: Apache-2.0
// Everything a run found out, as plain data. The command assembles it; the writers of this room print it.
#pragma once

#include "cost/energy.hpp"
#include "models/gpu/gpu.hpp"
#include "report/host_stats.hpp"
#include "report/noc_summary.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikefab {

/// One input and the chip's answer.
struct InferenceRecord {
    std::uint32_t image = 0;               ///< index in the input file
    std::optional<std::uint32_t> label{};  ///< what it should be, where labels were given
    std::int64_t answer = -1;              ///< -1: no output neuron fired
    Time start{};                          ///< simulated time at which its first step began
    Time end{};                            ///< and at which its answer was known
    Energy energy{};                       ///< total of that time, static (and host, when included) in it
    Energy dynamic_energy{};
};

/// One step of the chip.
struct StepRecord {
    std::uint64_t step = 0;
    Time start{};
    Time duration{};
    std::uint64_t spikes = 0;
    std::uint64_t packets = 0;
    std::uint32_t busiest_core = 0;
    Time busiest_time{};  ///< how long that core worked
};

/// How full the placement made the chip.
struct PlacementSummary {
    std::uint32_t cores_used = 0;
    std::uint32_t cores_fitted = 0;
    std::uint64_t neurons = 0;
    std::uint64_t synapses = 0;
    double synaptic_memory_used_bit = 0.0;
};

/// What the lessons at the beginning of a run took, all of them together.
struct LearningPhase {
    std::uint64_t images = 0;  ///< shown, repeats counted
    Time time{};
    Time engine_time{};  ///< of it: the learning engines at the ends of epochs
    ActivityCounts events{};
    EnergyBreakdown energy{};
};

/// What prices the energy was made with.
struct PricesUsed {
    std::string name{};
    Voltage voltage{};
    bool host_included = false;
    std::vector<std::string> unpriced{};  ///< activities that happened and have no price
};

struct RunResult {
    std::string experiment{};
    std::string chip{};
    std::string network{};
    std::uint64_t clipped = 0;  ///< weights, delays and neurons' numbers that were moved into the chip's range, as asked
    PlacementSummary placement{};
    std::vector<InferenceRecord> inferences{};
    std::vector<std::vector<std::uint32_t>> contexts{};  ///< classes shown with each context line; empty: no context
    std::optional<LearningPhase> learning{};             ///< in `energy`, `events` and `simulated`, but no inference
    std::uint64_t steps = 0;
    Time simulated{};
    ActivityCounts events{};
    std::uint64_t late_packets = 0;  ///< arrived after their slot
    std::uint64_t lost_spikes = 0;   ///< found no place in a queue, or came while a core cleared its schedule
    NocSummary noc{};
    EnergyBreakdown energy{};
    PricesUsed prices{};
    Power peak_power{};  ///< highest of the power windows
    Time power_window{};
    std::vector<GpuEstimate> gpus{};
    HostStats host{};
    bool partial = false;  ///< stopped before the last input
    std::uint64_t seed = 0;
    std::map<std::string, std::string> versions{};  ///< "spikefab", "systemc", ...
    std::vector<std::string> notes{};               ///< assumptions and warnings, one sentence each
};

/// Energy of the run without its lessons: what the inferences took.
[[nodiscard]] Energy total_of_inferences(const RunResult& run);
[[nodiscard]] Energy dynamic_of_inferences(const RunResult& run);

/// Latencies of all inferences; zeros when there are none.
struct LatencySummary {
    Time mean{}, p50{}, p95{}, max{};
};
/// Percentiles by nearest rank.
[[nodiscard]] LatencySummary summarise_latency(const std::vector<InferenceRecord>& inferences);

struct LabelledAnswers {
    std::size_t labelled = 0;
    std::size_t right = 0;
};
[[nodiscard]] LabelledAnswers count_labelled(const std::vector<InferenceRecord>& inferences);

/// Share of the labelled inferences that were answered right; nothing when none has a label.
[[nodiscard]] std::optional<double> accuracy(const std::vector<InferenceRecord>& inferences);

/// The same for the inferences with a label among `classes`.
[[nodiscard]] LabelledAnswers count_labelled(const std::vector<InferenceRecord>& inferences,
                                             const std::vector<std::uint32_t>& classes);

/// GPU energy / chip energy per inference; nothing while the chip has no inference or no such energy.
struct EnergyRatios {
    std::optional<double> total{};    ///< GPU board energy / chip total (static in it, host only if included)
    std::optional<double> dynamic{};  ///< GPU energy above idle / chip energy without static and host
};
[[nodiscard]] EnergyRatios ratios(const GpuEstimate& gpu, const RunResult& run);

/// What the chip's side of a ratio holds, in words; no ratio is printed without it.
[[nodiscard]] std::string what_chip_energy_includes(const RunResult& run);

}  // namespace spikefab
