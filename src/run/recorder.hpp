// SPDX-License-Identifier: Apache-2.0
// Listens to a running chip: votes become answers, steps become traces and power.
#pragma once

#include "cost/energy.hpp"
#include "observe/run_observer.hpp"
#include "observe/spike_writer.hpp"
#include "plan/core_image.hpp"
#include "report/csv.hpp"
#include "report/run_result.hpp"
#include "run/activity_windows.hpp"
#include "run/cycle_trace.hpp"
#include "run/inference_source.hpp"
#include "run/neuron_names.hpp"
#include "run/schedule.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace spikefab {

/// What is recorded, and where.
struct Recording {
    std::filesystem::path folder;
    bool power = true;
    bool steps = true;
    bool inferences = true;
    bool spikes = false;
    bool cycles = false;
    std::int64_t power_window = 100'000'000;  ///< ps
};

/// What the run is about.
struct RecordedRun {
    Schedule schedule;
    std::uint32_t classes = 0;  ///< 0: nobody answers
    ImageProgram images;        ///< of networks with input
    std::function<bool()> stop_requested;
    std::function<void(std::uint64_t step)> progress;
    noc::PacketLog* packets = nullptr;  ///< who keeps them, if anybody
};

class Recorder final : public RunObserver {
public:
    /// References must outlive the recorder.
    Recorder(const Recording& recording, RecordedRun run, const ChipPlan& plan, const Placement& placement,
             const EnergyModel& energy);

    void input_sent(std::uint64_t step, std::span<const std::uint32_t> neurons) override;
    void fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) override;
    void answered(std::uint64_t step, std::uint32_t neuron, std::int32_t payload) override;
    void step_done(const StepEvent& event) override;
    [[nodiscard]] CycleObserver* cycles() override { return cycles_.get(); }
    [[nodiscard]] bool stop_requested() override { return run_.stop_requested(); }
    [[nodiscard]] noc::PacketLog* packets() override { return run_.packets; }

    /// Ends all traces and gives what was found out to `result`.
    void finish(std::int64_t end, RunResult& result);

private:
    /// An image whose last votes may still be on their way.
    struct Pending {
        std::uint32_t image = 0;
        std::int64_t start = 0;
        std::int64_t end = 0;
        std::int64_t learning = 0;
        std::uint64_t last_step = 0;
        ActivityCounts activity;
        std::vector<std::int64_t> votes;
    };

    void follow_image(const StepEvent& event);
    void settle(const Pending& pending);
    void settle_lesson(const Pending& pending);
    void count_window(const ActivityWindow& window);
    [[nodiscard]] Pending& pending(std::uint32_t image);

    Recording recording_;
    RecordedRun run_;
    const Placement& placement_;
    const EnergyModel& energy_;
    std::uint32_t group_ = 1;  ///< output neurons per class
    ActivityWindows windows_;
    std::unique_ptr<PowerCsv> power_;
    std::unique_ptr<StepsCsv> steps_;
    std::unique_ptr<InferencesCsv> inferences_;
    std::unique_ptr<SpikeWriter> spikes_;
    std::unique_ptr<CycleTrace> cycles_;
    std::optional<NeuronNames> names_;  ///< when spikes are recorded
    std::deque<Pending> pending_;
    std::vector<InferenceRecord> answered_;
    std::optional<LearningPhase> lessons_;
    std::int64_t step_start_ = 0;
    Power peak_;
    std::uint64_t windows_written_ = 0;
};

}  // namespace spikefab
