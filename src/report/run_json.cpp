// SPDX-License-Identifier: Apache-2.0
// One function per object of the document, in the document's order.
#include "report/run_json.hpp"

#include "models/gpu/brain.hpp"
#include "report/decimal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace spikefab {
namespace {

using Json = nlohmann::ordered_json;

template <class Dimension>
[[nodiscard]] double si(Quantity<Dimension> quantity) {
    return rounded(quantity.si());
}

[[nodiscard]] Json optional_number(const std::optional<double>& value) {
    return value ? Json(rounded(*value)) : Json(nullptr);
}

[[nodiscard]] Json placement_json(const PlacementSummary& placement) {
    return {{"cores_used", placement.cores_used},
            {"cores_fitted", placement.cores_fitted},
            {"neurons", placement.neurons},
            {"synapses", placement.synapses},
            {"synaptic_memory_used_bit", rounded(placement.synaptic_memory_used_bit)}};
}

[[nodiscard]] Json energy_json(const RunResult& run) {
    const ExactEnergy energy = exact(run.energy);
    Json components = Json::object();
    for (const auto& [name, joules] : energy.by_component) components[name] = joules;
    return {{"total", energy.total},
            {"dynamic", energy.dynamic},
            {"static", energy.static_energy},
            {"host", energy.host},
            {"by_component", components}};
}

[[nodiscard]] Json prices_json(const PricesUsed& prices) {
    return {{"name", prices.name},
            {"voltage_V", si(prices.voltage)},
            {"host_included", prices.host_included},
            {"not_priced", prices.unpriced}};
}

[[nodiscard]] Json per_inference_json(const RunResult& run) {
    const auto share = [&](Energy energy) {
        return run.inferences.empty() ? Json(nullptr) : Json(si(energy / static_cast<double>(run.inferences.size())));
    };
    const LatencySummary latency = summarise_latency(run.inferences);
    return {{"energy_J", share(total_of_inferences(run))},
            {"dynamic_energy_J", share(dynamic_of_inferences(run))},
            {"latency_s",
             {{"mean", si(latency.mean)}, {"p50", si(latency.p50)}, {"p95", si(latency.p95)}, {"max", si(latency.max)}}}};
}

/// null when there was no lesson.
[[nodiscard]] Json learning_json(const RunResult& run) {
    if (!run.learning) return nullptr;
    const LearningPhase& phase = *run.learning;
    const auto engine = phase.energy.by_component.find("learning");
    return {{"images", phase.images},
            {"simulated_s", si(phase.time)},
            {"engine_s", si(phase.engine_time)},
            {"energy_J",
             {{"total", si(phase.energy.total)},
              {"dynamic", si(phase.energy.dynamic)},
              {"engine", engine == phase.energy.by_component.end() ? Json(nullptr) : Json(si(engine->second))}}},
            {"synapses_visited", phase.events[Activity::learning_update]},
            {"synapses_changed", phase.events[Activity::synapse_change]},
            {"traces_updated", phase.events[Activity::trace_update]}};
}

[[nodiscard]] Json power_json(const RunResult& run) {
    const bool ran = run.simulated.value() > 0.0;
    return {{"mean", ran ? si(run.energy.total / run.simulated) : 0.0},
            {"peak", si(run.peak_power)},
            {"window_s", si(run.power_window)}};
}

[[nodiscard]] Json events_json(const RunResult& run) {
    const ActivityCounts& counts = run.events;
    Json all = Json::object();
    const auto names = enum_names(Activity{});
    for (std::size_t index = 0; index < activity_count; ++index)
        all[std::string{names[index]}] = counts[static_cast<Activity>(index)];
    return {{"spikes", counts[Activity::spike]},
            {"synaptic_events", counts[Activity::synaptic_event]},
            {"neuron_updates", counts[Activity::neuron_update_active] + counts[Activity::neuron_update_inactive]},
            {"packets", counts[Activity::packet_sent]},
            {"hops", counts[Activity::router_visit]},
            {"late_packets", run.late_packets},
            {"lost_spikes", run.lost_spikes},
            {"activities", all}};
}

[[nodiscard]] Json packets_json(const PacketSummary& packets) {
    Json hot = Json::array();
    for (const LinkLoad& link : packets.hot_spots)
        hot.push_back({{"plane", link.plane},
                       {"router", link.router},
                       {"port", link.port},
                       {"direction", link.direction},
                       {"to", link.to},
                       {"flits", link.flits},
                       {"utilisation", rounded(link.utilisation)},
                       {"waits", link.waits},
                       {"waiting_s", si(link.waiting)}});
    return {{"arrived", packets.packets},
            {"latency_s",
             {{"mean", si(packets.mean_latency)}, {"p95", si(packets.p95_latency)}, {"max", si(packets.longest_latency)}}},
            {"source_wait_s", si(packets.mean_source_wait)},
            {"waiting_s", si(packets.mean_waiting)},
            {"hops", rounded(packets.mean_hops)},
            {"hot_spots", hot}};
}

[[nodiscard]] Json noc_json(const NocSummary& noc) {
    Json result = {{"injected", noc.injected},           {"copied", noc.copied},
                   {"delivered", noc.delivered},         {"dropped", noc.dropped},
                   {"dropped_flits", noc.dropped_flits}, {"in_flight", noc.in_flight}};
    if (noc.packets) result["packets"] = packets_json(*noc.packets);
    return result;
}

[[nodiscard]] Json gpu_json(const GpuEstimate& gpu, const RunResult& run) {
    const EnergyRatios ratio = ratios(gpu, run);
    return {{"name", gpu.gpu},
            {"batch", gpu.batch},
            {"best_batch", gpu.best_batch},
            {"precision", gpu.precision},
            {"latency_s", si(gpu.batch_latency)},
            {"time_per_inference_s", si(gpu.time_per_inference)},
            {"energy_J", si(gpu.energy)},
            {"dynamic_energy_J", si(gpu.dynamic_energy)},
            {"power_W", si(gpu.power)},
            {"power_capped", gpu.power_capped},
            {"energy_ratio", optional_number(ratio.total)},
            {"dynamic_energy_ratio", optional_number(ratio.dynamic)},
            {"includes", gpu.includes},
            {"chip_includes", what_chip_energy_includes(run)}};
}

[[nodiscard]] Json brain_json(const RunResult& run) {
    Json terms = Json::array();
    for (const BrainPower& term : brain_power)
        terms.push_back({{"what", term.what}, {"power_W", si(term.power)}, {"source", term.source}});
    return {{"power_W", si(brain_power[0].power)},
            {"energy_in_chip_latency_J", si(brain_power[0].power * summarise_latency(run.inferences).mean)},
            {"terms", terms}};
}

[[nodiscard]] Json contexts_json(const RunResult& run) {
    Json contexts = Json::array();
    for (const std::vector<std::uint32_t>& classes : run.contexts) {
        const LabelledAnswers counts = count_labelled(run.inferences, classes);
        const auto share = static_cast<double>(counts.right) / static_cast<double>(std::max<std::size_t>(counts.labelled, 1));
        contexts.push_back({{"classes", classes},
                            {"inferences", counts.labelled},
                            {"accuracy", counts.labelled == 0 ? Json{} : Json(rounded(share))}});
    }
    return contexts;
}

}  // namespace

std::string run_json(const RunResult& run) {
    Json gpus = Json::array();
    for (const GpuEstimate& gpu : run.gpus) gpus.push_back(gpu_json(gpu, run));
    const Json document = {{"schema", run_schema},
                           {"experiment", run.experiment},
                           {"chip", {{"name", run.chip}}},
                           {"network", {{"name", run.network}, {"clipped", run.clipped}}},
                           {"placement", placement_json(run.placement)},
                           {"inferences", run.inferences.size()},
                           {"accuracy", optional_number(accuracy(run.inferences))},
                           {"accuracy_by_context", contexts_json(run)},
                           {"learning", learning_json(run)},
                           {"steps", run.steps},
                           {"simulated_s", si(run.simulated)},
                           {"energy_J", energy_json(run)},
                           {"prices", prices_json(run.prices)},
                           {"per_inference", per_inference_json(run)},
                           {"power_W", power_json(run)},
                           {"events", events_json(run)},
                           {"noc", noc_json(run.noc)},
                           {"gpus", gpus},
                           {"brain", brain_json(run)},
                           {"host",
                            {{"cpu_s", rounded(run.host.cpu_s)},
                             {"simulate_cpu_s", rounded(run.host.simulate_cpu_s)},
                             {"wall_s", rounded(run.host.wall_s)},
                             {"peak_rss_bytes", run.host.peak_rss_bytes}}},
                           {"partial", run.partial},
                           {"versions", run.versions},
                           {"seed", run.seed},
                           {"notes", run.notes}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace spikefab
