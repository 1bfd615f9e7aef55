// SPDX-License-Identifier: Apache-2.0
// Announcements into rows.
#include "verify/chip_record.hpp"

#include "base/error.hpp"
#include "core/message.hpp"
#include "plan/core_image.hpp"

#include <fmt/format.h>

namespace spikefab::verify {
namespace {

constexpr std::size_t most_numbers = 50'000'000;

[[nodiscard]] std::int64_t due(const Message& message) {
    return static_cast<std::int64_t>(message.step);
}

}  // namespace

void ChipRecord::fired(std::uint64_t step, const CoreImage& core, std::span<const Spike> spikes) {
    for (const Spike& spike : spikes)
        spikes_.add({static_cast<std::int64_t>(step), core.core.value(), spike.neuron, spike.payload});
}

void ChipRecord::answered(std::uint64_t step, std::uint32_t neuron, std::int32_t payload) {
    answers_.add({static_cast<std::int64_t>(step), neuron, payload});
}

void ChipRecord::step_done(const StepEvent& event) {
    steps_.add({static_cast<std::int64_t>(event.step), event.start, event.busy_until, event.end});
    step_ = event.step + 1;
    if (size() > most_numbers)
        throw SimulationError{
            fmt::format("step {}: the record of this run holds more than {} million numbers; run fewer images "
                        "or steps",
                        event.step, most_numbers / 1'000'000)};
}

void ChipRecord::pass_done(const CoreImage& core, const PassEvent& pass) {
    potentials_.push_back({pass.step, core.core.value(), {pass.potentials.begin(), pass.potentials.end()}});
    if (!pass.times.empty()) write_times_.push_back({pass.step, core.core.value(), {pass.times.begin(), pass.times.end()}});
    core_values_ += pass.potentials.size() + pass.times.size();
}

void ChipRecord::injected(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    injections_.add({time, source, destination, message.axon, due(message), message.payload});
}

void ChipRecord::hop(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
                     std::int64_t time) {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    hops_.add({time, router, port, destination, message.axon, due(message), message.payload});
}

void ChipRecord::stalled(std::uint32_t router, std::uint32_t port, std::uint32_t destination, std::uint64_t data,
                         std::int64_t first, std::int64_t last) {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    stalls_.add({first, last, router, port, destination, message.axon, due(message), message.payload});
}

void ChipRecord::delivered(std::uint32_t source, std::uint32_t destination, std::uint64_t data, std::int64_t time) {
    const Message message = Message::unpack(data, delays_from_arrival_ ? 0 : step_);
    deliveries_.add({time, source, destination, message.axon, due(message), message.payload});
}

std::size_t ChipRecord::size() const {
    std::size_t total = core_values_;
    for (const RecordTable* table : tables()) total += table->size();
    return total;
}

}  // namespace spikefab::verify
