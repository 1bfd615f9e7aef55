// SPDX-License-Identifier: Apache-2.0
// The table on stdout: what a person wants first comes first.
#include "report/run_table.hpp"

#include "models/gpu/brain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikefab {
namespace {

constexpr std::size_t width = 96;
constexpr std::size_t label_width = 20;
constexpr std::size_t value_width = 16;

/// 1234567 -> "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number) {
    std::string digits = fmt::format("{}", number);
    for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
    return digits;
}

/// "x 1,920", "x 9.4", "x 0.012"; "-" when there is none.
[[nodiscard]] std::string times(const std::optional<double>& ratio) {
    if (!ratio) return "-";
    if (*ratio >= 10.0) return "x " + grouped(static_cast<std::uint64_t>(*ratio + 0.5));
    return fmt::format("x {:.2g}", *ratio);
}

/// Adds `text`, broken at spaces, each line after the first indented by `indent`.
void add_wrapped(std::string& out, std::string_view text, std::size_t indent) {
    std::size_t column = indent;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find(' ', start), text.size());
        const std::string_view word = text.substr(start, end - start);
        if (column > indent && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
        start = end + 1;
    }
    out += '\n';
}

void add_row(std::string& out, std::string_view label, std::string_view value, std::string_view detail) {
    if (detail.empty()) {
        out += fmt::format("{:<{}}{}\n", label, label_width, value);
        return;
    }
    out += fmt::format("{:<{}}{:<{}}", label, label_width, value, std::max(value_width, value.size() + 1));  // never glued
    add_wrapped(out, detail, label_width + value_width);
}

void add_title(std::string& out, const RunResult& run) {
    const std::string title = fmt::format("{} on {}", run.network, run.chip);
    out += fmt::format("{}{}\n{}\n", title, run.partial ? "  (stopped early: partial)" : "", std::string(width, '-'));
}

void add_accuracy(std::string& out, const RunResult& run) {
    const LabelledAnswers counts = count_labelled(run.inferences);
    if (counts.labelled == 0) {
        add_row(out, "inferences", grouped(run.inferences.size()), "no labels, so no accuracy");
        return;
    }
    add_row(out, "accuracy", fmt::format("{:.2f} %", 100.0 * *accuracy(run.inferences)),
            fmt::format("{} of {} right", grouped(counts.right), grouped(counts.labelled)));
    for (const std::vector<std::uint32_t>& classes : run.contexts) {
        const LabelledAnswers part = count_labelled(run.inferences, classes);
        if (part.labelled == 0) continue;
        add_row(
            out, "  in one context",
            fmt::format("{:.2f} %", 100.0 * static_cast<double>(part.right) / static_cast<double>(part.labelled)),
            fmt::format("{} of {} right, classes {}", grouped(part.right), grouped(part.labelled), fmt::join(classes, ", ")));
    }
}

void add_energy(std::string& out, const RunResult& run) {
    const auto count = static_cast<double>(std::max<std::size_t>(run.inferences.size(), 1));
    const EnergyBreakdown lessons = run.learning ? run.learning->energy : EnergyBreakdown{};
    const Energy host = run.energy.host - lessons.host;
    add_row(out, run.inferences.empty() ? "energy" : "energy / inference", format(total_of_inferences(run) / count, 4),
            fmt::format("dynamic {}, static {}, {}", format(dynamic_of_inferences(run) / count, 3),
                        format((run.energy.static_energy - lessons.static_energy) / count, 3),
                        run.prices.host_included ? "host " + format(host / count, 3) : "host not included"));
}

/// What learning cost, image by image; the engine is the part that a chip without learning does not have.
void add_learning(std::string& out, const RunResult& run) {
    if (!run.learning) return;
    const LearningPhase& phase = *run.learning;
    const auto count = static_cast<double>(std::max<std::uint64_t>(phase.images, 1));
    const auto engine = phase.energy.by_component.find("learning");
    add_row(
        out, "learning / image", format(phase.energy.total / count, 4),
        fmt::format("dynamic {}, of it the learning engine {}; {} images learned from", format(phase.energy.dynamic / count, 3),
                    engine == phase.energy.by_component.end() ? "not priced" : format(engine->second / count, 3),
                    grouped(phase.images)));
    add_row(out, "learning time", format(phase.time / count, 4),
            fmt::format("an image, of it the learning engine {}; {} synapses visited, {} of them changed, {} traces updated",
                        format(phase.engine_time / count, 3), grouped(phase.events[Activity::learning_update]),
                        grouped(phase.events[Activity::synapse_change]), grouped(phase.events[Activity::trace_update])));
}

void add_latency_and_power(std::string& out, const RunResult& run) {
    if (!run.inferences.empty()) {
        const LatencySummary latency = summarise_latency(run.inferences);
        add_row(out, "latency", format(latency.mean, 4),
                fmt::format("median {}, 95 % within {}, longest {}", format(latency.p50, 4), format(latency.p95, 4),
                            format(latency.max, 4)));
    }
    if (run.simulated.value() > 0.0)
        add_row(out, "power", format(run.energy.total / run.simulated, 4),
                fmt::format("peak {} over windows of {}", format(run.peak_power, 4), format(run.power_window, 3)));
}

/// Components by share, largest first.
void add_components(std::string& out, const RunResult& run) {
    std::vector<std::pair<std::string, Energy>> parts{run.energy.by_component.begin(), run.energy.by_component.end()};
    std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> shares;
    for (const auto& [name, energy] : parts)
        if (energy.value() > 0.0) shares.push_back(fmt::format("{} {:.3g} %", name, 100.0 * (energy / run.energy.total)));
    if (shares.empty()) return;
    out += fmt::format("{:<{}}", "where it goes", label_width);
    add_wrapped(out, fmt::format("{}", fmt::join(shares, ", ")), label_width);
}

/// With --trace noc: latencies of packets and the links most waited for.
void add_packets(std::string& out, const RunResult& run) {
    if (!run.noc.packets) return;
    const PacketSummary& packets = *run.noc.packets;
    add_row(out, "packet latency", format(packets.mean_latency, 4),
            fmt::format("95 % within {}, longest {}; {} in the source's queue, {} waiting on the way, {:.3g} hops",
                        format(packets.p95_latency, 3), format(packets.longest_latency, 4), format(packets.mean_source_wait, 3),
                        format(packets.mean_waiting, 3), packets.mean_hops));
    constexpr std::size_t shown = 3;
    for (std::size_t i = 0; i < std::min(shown, packets.hot_spots.size()); ++i) {
        const LinkLoad& link = packets.hot_spots[i];
        add_row(out, i == 0 ? "hot spots" : "", fmt::format("{:.3g} % busy", 100.0 * link.utilisation),
                fmt::format("plane {}, router {} to {}: {} flits, {} waited for it", link.plane, link.router, link.to,
                            grouped(link.flits), format(link.waiting, 3)));
    }
}

void add_activity(std::string& out, const RunResult& run) {
    const ActivityCounts& events = run.events;
    add_row(out, "chip", fmt::format("{} of {} cores", run.placement.cores_used, run.placement.cores_fitted),
            fmt::format("{} neurons, {} synapses", grouped(run.placement.neurons), grouped(run.placement.synapses)));
    add_row(
        out, "simulated", format(run.simulated, 4),
        fmt::format(
            "{} steps, {} spikes, {} synaptic events, {} packets of cores, {} hops (routers visited, the host's packets too)",
            grouped(run.steps), grouped(events[Activity::spike]), grouped(events[Activity::synaptic_event]),
            grouped(events[Activity::packet_sent]), grouped(events[Activity::router_visit])));
    if (run.late_packets > 0) add_row(out, "late packets", grouped(run.late_packets), "arrived after their step's slot");
    if (run.lost_spikes > 0)
        add_row(out, "lost spikes", grouped(run.lost_spikes), "a queue was full, or a schedule being cleared");
    if (run.noc.dropped > 0) add_row(out, "dropped packets", grouped(run.noc.dropped), "had no way to their destination");
    add_packets(out, run);
    add_row(out, "this computer", fmt::format("{:.3g} s CPU", run.host.cpu_s),
            fmt::format("{:.3g} s elapsed, {:.4g} MB at most", run.host.wall_s,
                        static_cast<double>(run.host.peak_rss_bytes) * 1e-6));
}

void add_gpu_row(std::string& out, const GpuEstimate& gpu, const RunResult& run) {
    const EnergyRatios ratio = ratios(gpu, run);
    out +=
        fmt::format("{:<14}{:>11}  {:<12}{:>11}{:>11}{:>12}{:>11}{:>12}\n", gpu.gpu,
                    fmt::format("{}{}", gpu.best_batch ? "best " : "", gpu.batch), gpu.precision, format(gpu.batch_latency, 3),
                    format(gpu.energy, 3), times(ratio.total), format(gpu.dynamic_energy, 3), times(ratio.dynamic));
}

void add_gpus(std::string& out, const RunResult& run) {
    if (run.gpus.empty()) return;
    out += fmt::format("\n{:<14}{:>11}  {:<12}{:>11}{:>11}{:>12}{:>11}{:>12}\n", "GPU (model)", "batch", "precision", "latency",
                       "energy", "/ chip", "dynamic", "/ chip");
    for (const GpuEstimate& gpu : run.gpus) add_gpu_row(out, gpu, run);
    add_wrapped(out,
                "Per inference: one forward pass of the dense network; latency is the whole batch's. Dynamic: both above their "
                "idle power.",
                0);
    std::map<std::string, std::vector<std::string>> names_by_inclusion;
    for (const GpuEstimate& gpu : run.gpus) {
        std::vector<std::string>& names = names_by_inclusion[gpu.includes];
        if (names.empty() || names.back() != gpu.gpu) names.push_back(gpu.gpu);
    }
    for (const auto& [includes, names] : names_by_inclusion)
        add_wrapped(out, fmt::format("Energy of {}: {}.", fmt::join(names, ", "), includes), 0);
    add_wrapped(out, fmt::format("Energy of the chip: {}.", what_chip_energy_includes(run)), 0);
}

void add_brain(std::string& out, const RunResult& run) {
    if (run.inferences.empty()) return;
    const Energy energy = brain_power[0].power * summarise_latency(run.inferences).mean;
    add_wrapped(
        out,
        fmt::format("Human brain: {} in all ({} of it long-distance communication in the cortex, {} computation there), "
                    "which is {} in one mean latency of the chip.",
                    format(brain_power[0].power), format(brain_power[1].power), format(brain_power[2].power),
                    format(energy, 3)),
        0);
}

void add_notes(std::string& out, const RunResult& run) {
    out += '\n';
    add_wrapped(out, fmt::format("Prices: {} at {:g} V.", run.prices.name, run.prices.voltage.value()), 0);
    if (!run.prices.unpriced.empty())
        add_wrapped(out, fmt::format("Happened but has no published price: {}.", fmt::join(run.prices.unpriced, ", ")), 0);
    for (const std::string& note : run.notes) {
        out += "Note: ";
        add_wrapped(out, note, 6);
    }
}

}  // namespace

std::string run_table(const RunResult& run) {
    std::string out;
    add_title(out, run);
    add_accuracy(out, run);
    add_energy(out, run);
    add_latency_and_power(out, run);
    add_learning(out, run);
    add_components(out, run);
    add_activity(out, run);
    add_gpus(out, run);
    add_brain(out, run);
    add_notes(out, run);
    return out;
}

}  // namespace spikefab
