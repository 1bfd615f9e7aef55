// SPDX-License-Identifier: Apache-2.0
// Addresses of an event-driven core's input bus: read and written by the patterns of its description.
#pragma once

#include "plan/event_controller.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikefab {

/// An address, taken apart. What an address does not name is empty.
struct BusCommand {
    BusAction action = BusAction::queue;
    bool after_queue = false;
    std::optional<std::uint32_t> source;
    std::optional<std::uint32_t> neuron;
    std::optional<std::uint32_t> stimulus;
    bool operator==(const BusCommand&) const = default;
};

class BusCode final {
public:
    /// InputError for a pattern that is empty, longer than 32 bits, of another length than the others, or has other letters.
    explicit BusCode(std::span<const BusEvent> events);

    [[nodiscard]] std::size_t address_bits() const { return bits_; }
    /// Nothing when no pattern fits.
    [[nodiscard]] std::optional<BusCommand> decode(std::uint32_t address) const;
    /// An address that asks for the same, through the first event whose letters are those that `command` names; nothing when
    /// no event can say it.
    [[nodiscard]] std::optional<std::uint32_t> encode(const BusCommand& command) const;

private:
    using Places = std::vector<unsigned>;  ///< bits of the address that hold a number, its highest first
    struct Pattern {
        BusAction action;
        bool after_queue;
        std::uint32_t mask = 0;
        std::uint32_t value = 0;
        Places source, neuron, stimulus;
    };

    [[nodiscard]] static Pattern read(const BusEvent& event);

    std::vector<Pattern> patterns_;
    std::size_t bits_ = 0;
};

/// The weight of a stimulus, or nothing when it is a time reference for its neuron.
[[nodiscard]] std::optional<std::int32_t> stimulus_weight(const EventController& controller, std::uint32_t stimulus);
/// The bits of a stimulus of `weight`, which must be within `lowest_stimulus` and `highest_stimulus` and not 0.
[[nodiscard]] std::uint32_t stimulus_bits(const EventController& controller, std::int32_t weight);
[[nodiscard]] std::int32_t lowest_stimulus(const EventController& controller);
[[nodiscard]] std::int32_t highest_stimulus(const EventController& controller);

}  // namespace spikefab
