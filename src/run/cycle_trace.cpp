// SPDX-License-Identifier: Apache-2.0
// Packets unpacked, neurons one by one.
#include "run/cycle_trace.hpp"

#include "base/error.hpp"
#include "core/message.hpp"
#include "noc/make_engine.hpp"
#include "plan/core_image.hpp"

#include <fmt/format.h>

namespace spikefab {
namespace {

[[nodiscard]] CycleFile head_of(const ChipPlan& plan) {
    const ChipDescription& chip = plan.description();
    if (chip.synchronisation == Synchronisation::event)
        throw InputError{
            fmt::format("traces: cycles: chip '{}' works event by event; cycles.h5 is about chips with steps", plan.name())};
    CycleFile head{.cycle = std::nullopt,
                   .cores = plan.cores(),
                   .host = plan.host_endpoint().value(),
                   .answers = plan.answer_endpoint().value(),
                   .delays_from_arrival = chip.delays_count_from == DelayReference::arrival};
    if (!chip.noc.asynchronous) head.cycle = to_picoseconds(noc::tick_duration(chip.noc));
    return head;
}

}  // namespace

CycleTrace::CycleTrace(const std::filesystem::path& path, const ChipPlan& plan)
    : delays_from_arrival_{plan.description().delays_count_from == DelayReference::arrival}, writer_{path, head_of(plan)} {}

CarriedSpike CycleTrace::carried(std::uint32_t destination, std::uint64_t data) const {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    return {.destination = destination,
            .axon = message.axon,
            .due = static_cast<std::int64_t>(message.step),
            .value = message.payload};
}

void CycleTrace::pass_done(const CoreImage& core, const PassEvent& pass) {
    if (pass.times.empty()) return;  // the core rested
    auto spike = pass.spikes.begin();
    for (std::uint32_t neuron = 0; neuron < pass.potentials.size(); ++neuron) {
        const bool fired = spike != pass.spikes.end() && spike->neuron == neuron;
        writer_.write(pass.times[neuron], pass.step, core.core.value(), neuron, pass.potentials[neuron],
                      fired ? (spike++)->payload : 0);
    }
}

void CycleTrace::injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) {
    writer_.inject(time, source, carried(destination, data));
}

void CycleTrace::hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
                     std::int64_t time) {
    writer_.hop(time, router, port, carried(destination, data));
}

void CycleTrace::stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
                         std::int64_t first, std::int64_t last) {
    writer_.stall(first, last, router, port, carried(destination, data));
}

void CycleTrace::delivered(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) {
    writer_.deliver(time, source, carried(destination, data));
}

}  // namespace spikefab
