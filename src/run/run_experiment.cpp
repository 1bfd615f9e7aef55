// SPDX-License-Identifier: Apache-2.0
// Configuration -> network and placement -> chip -> traces -> result.
#include "run/run_experiment.hpp"

#include "base/error.hpp"
#include "base/picoseconds.hpp"
#include "chip/chip.hpp"
#include "config/writer.hpp"
#include "observe/npz_writer.hpp"
#include "observe/observer_list.hpp"
#include "observe/output_file.hpp"
#include "plan/memory_use.hpp"
#include "report/run_json.hpp"
#include "run/compare_gpus.hpp"
#include "run/inference_source.hpp"
#include "run/load_data.hpp"
#include "run/load_network.hpp"
#include "run/noc_trace.hpp"
#include "run/recorder.hpp"
#include "run/versions.hpp"
#include "verify/vector_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace spikefab {
namespace {

[[nodiscard]] ImageSeries series_of(const Dataset& dataset, std::uint32_t first, std::uint32_t count, std::uint32_t repeats) {
    const auto left = static_cast<std::uint32_t>(dataset.size()) - first;
    return {.dataset = &dataset, .first = first, .count = count == 0 ? left : count, .repeats = repeats};
}

[[nodiscard]] ImageProgram make_program(const Experiment& experiment, const RunData& data) {
    ImageProgram program;
    if (data.inputs) program.inputs = series_of(*data.inputs, experiment.input.first, experiment.input.count, 1);
    if (data.lessons)
        program.lessons = series_of(*data.lessons, experiment.learn->first, experiment.learn->count, experiment.learn->repeats);
    return program;
}

[[nodiscard]] Schedule make_schedule(const Experiment& experiment, const Placement& placement, const ImageProgram& program) {
    if (program.shown() == 0) return {.images = 1, .encoded = experiment.steps, .drained = 0};
    return {.images = program.shown(),
            .encoded = experiment.steps,
            .drained = experiment.drain.value_or(placement.populations[placement.output].steps_from_input),
            .asked = teaches_inputs(experiment) ? experiment.learn->teacher->first_step - 1 : 0};
}

/// The images of `program`, or silence for networks without input.
[[nodiscard]] std::unique_ptr<InputSource> make_source(const Experiment& experiment, const LoadedNetwork& network,
                                                       const ImageProgram& program, const Schedule& schedule) {
    if (program.shown() == 0) return std::make_unique<SilentSource>();
    InferenceSource::Show show{.images = program,
                               .encoder = *experiment.encoding,
                               .schedule = schedule,
                               .inputs = network.inputs,
                               .seed = experiment.seed,
                               .reset_between_images = experiment.reset_between_images};
    if (experiment.learn) {
        show.teacher = experiment.learn->teacher;
        show.teaches_inputs = teaches_inputs(experiment);
        show.rewards = experiment.learn->rewards;
    }
    return std::make_unique<InferenceSource>(show);
}

[[nodiscard]] bool records(const Experiment& experiment, Trace trace) {
    return std::find(experiment.traces.begin(), experiment.traces.end(), trace) != experiment.traces.end();
}

[[nodiscard]] Recording recording_of(const Experiment& experiment, const std::filesystem::path& folder) {
    return {.folder = folder,
            .power = records(experiment, Trace::power),
            .steps = records(experiment, Trace::steps),
            .inferences = records(experiment, Trace::inferences),
            .spikes = records(experiment, Trace::spikes),
            .cycles = records(experiment, Trace::cycles),
            .power_window = std::max<std::int64_t>(1, to_picoseconds(experiment.power_window))};
}

[[nodiscard]] PlacementSummary summarise(const Placement& placement, const ChipPlan& plan) {
    return {.cores_used = static_cast<std::uint32_t>(placement.cores.size()),
            .cores_fitted = plan.cores(),
            .neurons = placement.neurons(),
            .synapses = placement.synapses(),
            .synaptic_memory_used_bit = synaptic_memory_used(placement, plan)};
}

/// Nothing when no vector is asked for.
[[nodiscard]] std::unique_ptr<verify::VectorRecorder> start_vector(const Experiment& experiment, const ChipPlan& plan,
                                                                   const LoadedNetwork& network, InputSource& source,
                                                                   const std::filesystem::path& file) {
    if (file.empty()) return nullptr;
    return std::make_unique<verify::VectorRecorder>(
        file,
        verify::RecordedVector{
            .plan = plan,
            .placement = network.unicast ? *network.unicast : network.placement,
            .oracle = "spikefab " + versions().at("spikefab"),
            .note = fmt::format("experiment {}: network {} on {}", experiment.name, network.name, plan.name()),
            .seed = experiment.seed},
        source);
}

[[nodiscard]] NocSummary summarise(const noc::Counters& noc) {
    return {.injected = noc.injected,
            .copied = noc.copied,
            .delivered = noc.delivered,
            .dropped = noc.dropped,
            .dropped_flits = noc.dropped_flits,
            .in_flight = noc.in_flight()};
}

/// Null unless asked for.
[[nodiscard]] std::unique_ptr<NocTrace> trace_noc(const Experiment& experiment, const ChipPlan& plan,
                                                  const std::filesystem::path& folder) {
    if (!records(experiment, Trace::noc)) return nullptr;
    return std::make_unique<NocTrace>(experiment.chip.noc, plan.topology(),
                                      NocTrace::Files{folder / "noc_packets.h5", folder / "noc_links.csv"});
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    OutputFile file{path};
    file.write(text);
    file.close();
}

/// What loading the arrays took; it is no part of the run's energy.
void note_programming(const ChipTotals& totals, RunResult& result) {
    const ProgrammingTotals& programming = totals.programming;
    if (totals.arrays == 0) return;
    std::string text =
        fmt::format("{} cells of {} crossbar arrays were programmed before the run, which took {} pulses and {}",
                    programming.cells, totals.arrays, programming.pulses, format(Energy::from_si(programming.energy)));
    if (programming.missed > 0) text += fmt::format("; {} cells missed their tolerance", programming.missed);
    if (programming.faulty > 0) text += fmt::format("; {} cells are stuck or open", programming.faulty);
    if (programming.floating_columns > 0) text += fmt::format("; columns that float: {}", programming.floating_columns);
    result.notes.push_back(text);
}

/// Five arrays per projection: NAME.source, NAME.target, NAME.weight, NAME.delay, NAME.tag.
void write_weights(const std::filesystem::path& path, const std::vector<LearnedProjection>& projections) {
    NpzWriter file{path};
    for (const LearnedProjection& projection : projections) {
        std::string name = projection.name;
        std::replace(name.begin(), name.end(), '/', ':');
        file.add(name + ".source", projection.sources);
        file.add(name + ".target", projection.targets);
        file.add(name + ".weight", projection.weights);
        file.add(name + ".delay", projection.delays);
        file.add(name + ".tag", projection.tags);
    }
    file.close();
}

/// Everything that follows from counts, once the run has ended.
void price(const Experiment& experiment, const EnergyModel& energy, const ChipTotals& totals, RunResult& result) {
    result.energy = energy.energy(result.events, result.simulated);
    if (result.learning) result.learning->energy = energy.energy(result.learning->events, result.learning->time);
    result.prices = {
        .name = experiment.chip.prices.name, .voltage = energy.voltage(), .host_included = experiment.include_host_power};
    for (const std::string_view name : energy.unpriced(result.events)) result.prices.unpriced.emplace_back(name);
    result.late_packets = totals.late_spikes;
    result.lost_spikes = totals.lost_spikes;
    result.notes.insert(result.notes.end(), totals.notes.begin(), totals.notes.end());
    note_programming(totals, result);
    if (totals.overrun_steps > 0)
        result.notes.push_back(fmt::format("{} passes began late: the core was still sending the spikes of the tick before",
                                           totals.overrun_steps));
}

}  // namespace

RunResult run_experiment(const Experiment& experiment, const std::filesystem::path& folder, const RunCallbacks& callbacks) {
    const auto begin = std::chrono::steady_clock::now();
    check(experiment);
    const ChipPlan plan{experiment.chip};
    const LoadedNetwork network =
        load_network(experiment, plan, {.message = callbacks.message, .keeps_unicast = !callbacks.record.empty()});
    const RunData data = load_data(experiment, network);
    const ImageProgram program = make_program(experiment, data);
    const Schedule schedule = make_schedule(experiment, network.placement, program);
    RunResult result{.experiment = experiment.name, .chip = plan.name(), .network = network.name};
    result.placement = summarise(network.placement, plan);
    result.notes = network.notes;
    result.clipped = network.clipped;
    result.seed = experiment.seed;
    result.contexts = experiment.input.context;
    result.versions = versions();
    result.gpus = compare_gpus(experiment.gpus, network.work);  // before the run: it may find the experiment wrong
    callbacks.message(fmt::format("placed {} neurons and {} synapses on {} of {} cores", result.placement.neurons,
                                  result.placement.synapses, result.placement.cores_used, plan.cores()));

    const HardwareInUse hardware{.cores_fitted = plan.cores(), .cores_used = result.placement.cores_used};
    const EnergyModel energy{
        experiment.chip.prices,
        hardware,
        {.include_host = experiment.include_host_power, .voltage = experiment.chip.voltage, .clock = plan.clock()}};
    const auto noc_trace = trace_noc(experiment, plan, folder);
    Recorder recorder{recording_of(experiment, folder),
                      {.schedule = schedule,
                       .classes = network.classes,
                       .images = program,
                       .stop_requested = callbacks.stop_requested,
                       .progress = [&](std::uint64_t step) { callbacks.progress(step, schedule.steps()); },
                       .packets = noc_trace.get()},
                      plan,
                      network.placement,
                      energy};
    const auto source = make_source(experiment, network, program, schedule);
    const auto vector = start_vector(experiment, plan, network, *source, callbacks.record);
    ObserverList observers;
    if (vector) observers.add(vector->record());
    observers.add(recorder);
    Chip chip{plan, network.placement, vector ? vector->input() : *source, observers, experiment.seed};
    const double before = cpu_seconds();
    chip.run(schedule.steps());
    const double simulate_cpu_s = cpu_seconds() - before;

    const ChipTotals totals = chip.totals();
    result.steps = totals.steps;
    result.simulated = to_time(totals.picoseconds);
    result.partial = totals.steps < schedule.steps();
    result.events = chip.activity();
    result.noc = summarise(totals.noc);
    if (noc_trace) result.noc.packets = noc_trace->finish(totals.picoseconds);
    recorder.finish(totals.picoseconds, result);
    if (vector) vector->finish(totals.steps, chip.learned());
    if (records(experiment, Trace::weights)) write_weights(folder / "weights.npz", chip.learned());
    price(experiment, energy, totals, result);
    result.host = measure_host(begin);
    result.host.simulate_cpu_s = simulate_cpu_s;
    write_file(folder / "config.resolved.yaml", config::to_yaml(experiment));
    write_file(folder / "run.json", run_json(result));
    return result;
}

}  // namespace spikefab
