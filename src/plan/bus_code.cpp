// SPDX-License-Identifier: Apache-2.0
// Patterns of bits and letters.
#include "plan/bus_code.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace spikefab {
namespace {

[[nodiscard]] std::string without_spaces(const std::string& text) {
    std::string bits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(bits), [](char letter) { return letter != ' '; });
    return bits;
}

[[nodiscard]] std::optional<std::uint32_t> number_at(const std::vector<unsigned>& places, std::uint32_t address) {
    if (places.empty()) return std::nullopt;
    std::uint32_t number = 0;
    for (const unsigned place : places) number = number << 1U | (address >> place & 1U);
    return number;
}

/// False when the number does not fit, or only one of the two is there.
[[nodiscard]] bool put(const std::optional<std::uint32_t>& number, const std::vector<unsigned>& places,
                       std::uint32_t& address) {
    if (number.has_value() == places.empty()) return false;
    for (std::size_t i = 0; i < places.size(); ++i) address |= (*number >> (places.size() - 1 - i) & 1U) << places[i];
    return number_at(places, address) == number;
}

}  // namespace

BusCode::BusCode(std::span<const BusEvent> events) {
    for (const BusEvent& event : events) {
        const std::size_t bits = without_spaces(event.address).size();
        if (bits == 0 || bits > 32 || (bits_ != 0 && bits != bits_))
            throw InputError{fmt::format("bus address '{}' has {} bits; all addresses must have the same number, 1 to 32",
                                         event.address, bits)};
        bits_ = bits;
        patterns_.push_back(read(event));
    }
}

BusCode::Pattern BusCode::read(const BusEvent& event) {
    const std::string bits = without_spaces(event.address);
    Pattern pattern{.action = event.action, .after_queue = event.after_queue, .source = {}, .neuron = {}, .stimulus = {}};
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const auto place = static_cast<unsigned>(bits.size() - 1 - i);
        switch (bits[i]) {
            case '1':
                pattern.value |= std::uint32_t{1} << place;
                [[fallthrough]];
            case '0':
                pattern.mask |= std::uint32_t{1} << place;
                break;
            case 's':
                pattern.source.push_back(place);
                break;
            case 'n':
                pattern.neuron.push_back(place);
                break;
            case 'v':
                pattern.stimulus.push_back(place);
                break;
            case '.':
                break;
            default:
                throw InputError{
                    fmt::format("bus address '{}': '{}' means nothing; use 0, 1, ., s, n or v", event.address, bits[i])};
        }
    }
    const bool has_source = !pattern.source.empty();
    if ((event.action == BusAction::queue && !has_source) ||
        (event.action == BusAction::synapse && (!has_source || pattern.neuron.empty())))
        throw InputError{fmt::format("bus address '{}': action {} needs a source (s){}", event.address,
                                     enum_names(BusAction{})[static_cast<std::size_t>(event.action)],
                                     event.action == BusAction::synapse ? " and a neuron (n)" : "")};
    return pattern;
}

std::optional<BusCommand> BusCode::decode(std::uint32_t address) const {
    for (const Pattern& pattern : patterns_)
        if ((address & pattern.mask) == pattern.value)
            return BusCommand{.action = pattern.action,
                              .after_queue = pattern.after_queue,
                              .source = number_at(pattern.source, address),
                              .neuron = number_at(pattern.neuron, address),
                              .stimulus = number_at(pattern.stimulus, address)};
    return std::nullopt;
}

std::optional<std::uint32_t> BusCode::encode(const BusCommand& command) const {
    for (const Pattern& pattern : patterns_) {
        if (pattern.action != command.action) continue;
        std::uint32_t address = pattern.value;
        if (!put(command.source, pattern.source, address) || !put(command.neuron, pattern.neuron, address) ||
            !put(command.stimulus, pattern.stimulus, address))
            continue;
        const auto meant = decode(address);
        if (meant && meant->action == command.action && meant->source == command.source && meant->neuron == command.neuron &&
            meant->stimulus == command.stimulus)
            return address;
    }
    return std::nullopt;
}

namespace {

/// Bits of a stimulus: letters v of the event that has most of them.
[[nodiscard]] unsigned stimulus_width(const EventController& controller) {
    std::ptrdiff_t bits = 0;
    for (const BusEvent& event : controller.bus)
        bits = std::max(bits, std::count(event.address.begin(), event.address.end(), 'v'));
    return static_cast<unsigned>(bits);
}

constexpr std::uint32_t leak_bit = 1;
constexpr std::uint32_t sign_bit = 2;
constexpr unsigned flag_bits = 2;  ///< sign and leak, below the weight

}  // namespace

std::optional<std::int32_t> stimulus_weight(const EventController& controller, std::uint32_t stimulus) {
    if (controller.stimulus == StimulusCode::weight_sign_leak) {
        if ((stimulus & leak_bit) != 0) return std::nullopt;
        const auto weight = static_cast<std::int32_t>(stimulus >> flag_bits);
        return (stimulus & sign_bit) != 0 ? -weight : weight;
    }
    const std::int32_t negative = 1 << (stimulus_width(controller) - 1);
    return (static_cast<std::int32_t>(stimulus) ^ negative) - negative;
}

std::uint32_t stimulus_bits(const EventController& controller, std::int32_t weight) {
    if (controller.stimulus == StimulusCode::weight_sign_leak)
        return static_cast<std::uint32_t>(std::abs(weight)) << flag_bits | (weight < 0 ? sign_bit : 0);
    return static_cast<std::uint32_t>(weight) & ((std::uint32_t{1} << stimulus_width(controller)) - 1);
}

std::int32_t lowest_stimulus(const EventController& controller) {
    if (controller.stimulus == StimulusCode::weight_sign_leak) return -highest_stimulus(controller);
    return -highest_stimulus(controller) - 1;
}

std::int32_t highest_stimulus(const EventController& controller) {
    const unsigned flags = controller.stimulus == StimulusCode::weight_sign_leak ? flag_bits : 1;
    const unsigned width = stimulus_width(controller);
    return width > flags ? (1 << (width - flags)) - 1 : 0;
}

}  // namespace spikefab
