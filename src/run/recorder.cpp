// SPDX-License-Identifier: Apache-2.0
// Votes, windows and trace rows.
#include "run/recorder.hpp"

#include "base/error.hpp"
#include "base/picoseconds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikefab {
namespace {

constexpr std::uint64_t most_windows = 20'000'000;  // of power.csv: more than a gigabyte

}  // namespace

Recorder::Recorder(const Recording& recording, RecordedRun run, const ChipPlan& plan, const Placement& placement,
                   const EnergyModel& energy)
    : recording_{recording},
      run_{std::move(run)},
      placement_{placement},
      energy_{energy},
      windows_{recording.power_window, [this](const ActivityWindow& window) { count_window(window); }} {
    if (run_.classes != 0) group_ = placement.populations[placement.output].size / run_.classes;
    if (recording.power) power_ = std::make_unique<PowerCsv>(recording.folder / "power.csv", energy.components());
    if (recording.steps) steps_ = std::make_unique<StepsCsv>(recording.folder / "steps.csv");
    if (recording.inferences) inferences_ = std::make_unique<InferencesCsv>(recording.folder / "inferences.csv");
    if (recording.spikes) {
        names_.emplace(placement);
        spikes_ = std::make_unique<SpikeWriter>(recording.folder / "spikes.h5", names_->recorded());
    }
    if (recording.cycles) cycles_ = std::make_unique<CycleTrace>(recording.folder / "cycles.h5", plan);
}

void Recorder::input_sent(std::uint64_t step, std::span<const std::uint32_t> neurons) {
    if (!spikes_) return;
    for (const std::uint32_t neuron : neurons) spikes_->add(placement_.input, step, neuron, to_time(step_start_));
}

void Recorder::fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) {
    if (!spikes_) return;
    const std::span<const NeuronNames::Name> names = names_->of(core.core);
    for (const Spike& spike : spikes) {
        const auto& [population, neuron] = names[spike.neuron];
        spikes_->add(population, step, neuron, to_time(step_start_), spike.payload);
    }
}

void Recorder::answered(std::uint64_t step, std::uint32_t neuron, std::int32_t payload) {
    if (run_.classes == 0 || step == 0 || step > run_.schedule.steps() || !run_.schedule.asks(step)) return;
    Pending& image = pending(run_.schedule.image_of(step));
    image.votes[std::min(neuron / group_, run_.classes - 1)] += payload;
}

Recorder::Pending& Recorder::pending(std::uint32_t image) {
    for (Pending& open : pending_)
        if (open.image == image) return open;
    pending_.push_back({.image = image, .start = step_start_, .activity = {}, .votes = {}});
    pending_.back().votes.assign(run_.classes, 0);
    return pending_.back();
}

void Recorder::step_done(const StepEvent& event) {
    windows_.add(event);
    if (steps_) {
        steps_->add({.step = event.step,
                     .start = to_time(event.start),
                     .duration = to_time(event.end - event.start),
                     .spikes = event.spikes,
                     .packets = event.packets,
                     .busiest_core = event.busiest_core,
                     .busiest_time = to_time(event.busy_until - event.start)});
    }
    if (run_.classes != 0) follow_image(event);
    if (cycles_) cycles_->begin_step(event.step + 1);
    step_start_ = event.end;
    run_.progress(event.step);
}

/// An image is settled one step after its last: an answer may arrive after the tick in which it was given.
void Recorder::follow_image(const StepEvent& event) {
    Pending& image = pending(run_.schedule.image_of(event.step));
    image.activity += event.activity;
    image.end = event.end;
    image.learning += event.learning;
    if (run_.schedule.ends_image(event.step)) image.last_step = event.step;
    while (pending_.front().last_step != 0 && pending_.front().last_step < event.step) {
        settle(pending_.front());
        pending_.pop_front();
    }
}

/// Nothing is asked in a lesson: a teacher may have driven the output.
void Recorder::settle_lesson(const Pending& image) {
    if (!lessons_) lessons_.emplace();
    ++lessons_->images;
    lessons_->time += to_time(image.end - image.start);
    lessons_->engine_time += to_time(image.learning);
    lessons_->events += image.activity;
}

void Recorder::settle(const Pending& image) {
    if (run_.images.is_lesson(image.image)) return settle_lesson(image);
    const auto best = std::max_element(image.votes.begin(), image.votes.end());
    const EnergyBreakdown energy = energy_.energy(image.activity, to_time(image.end - image.start));
    const bool shown = run_.images.shown() > 0;
    answered_.push_back({.image = shown ? run_.images.image(image.image) : image.image,
                         .label = shown ? run_.images.label(image.image) : std::nullopt,
                         .answer = *best > 0 ? best - image.votes.begin() : -1,
                         .start = to_time(image.start),
                         .end = to_time(image.end),
                         .energy = energy.total,
                         .dynamic_energy = energy.dynamic});
    if (inferences_) inferences_->add(answered_.back());
}

void Recorder::count_window(const ActivityWindow& window) {
    for (const PowerSample& sample : power_series(energy_, {window})) {
        peak_ = std::max(peak_, sample.total);
        if (power_) power_->add(sample);
        if (++windows_written_ == most_windows)
            throw SimulationError{
                fmt::format("more than {} million windows of power; use a longer power_window", most_windows / 1'000'000)};
    }
}

void Recorder::finish(std::int64_t end, RunResult& result) {
    windows_.finish(end);
    for (const Pending& image : pending_)
        if (image.last_step != 0) settle(image);
    if (power_) power_->close();
    if (steps_) steps_->close();
    if (inferences_) inferences_->close();
    if (spikes_) spikes_->close(to_time(end));
    if (cycles_) cycles_->close();
    result.inferences = std::move(answered_);
    result.learning = lessons_;
    result.peak_power = peak_;
    result.power_window = to_time(recording_.power_window);
}

}  // namespace spikefab
