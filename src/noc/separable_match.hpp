// SPDX-License-Identifier: Apache-2.0
// Separable allocation in one iteration: every output grants one request, every input accepts one grant, both in turn
// (iSLIP: McKeown, "The iSLIP scheduling algorithm for input-queued switches", IEEE/ACM Trans. Networking 7(2), 1999).
// The first member at or after the turn is served; a turn moves behind who was served, and only when it was accepted.
#pragma once

#include "models/routing/routing.hpp"
#include "noc/event_list.hpp"
#include "noc/lane.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace spikefab::noc {

template <class Mask, class Visit>
void for_each_bit(Mask mask, Visit&& visit) {
    for (std::uint64_t bits = mask; bits != 0; bits &= bits - 1) visit(static_cast<std::uint32_t>(std::countr_zero(bits)));
}

/// The first member of `mask` at or after `turn`, else the first of all; `mask` is not empty and turn <= 63.
[[nodiscard]] inline std::uint32_t first_in_turn(std::uint64_t mask, std::uint32_t turn) {
    const std::uint64_t later = mask >> turn << turn;
    return static_cast<std::uint32_t>(std::countr_zero(later != 0 ? later : mask));
}

/// Matches the inputs of one router with its outputs. One lane of an input asks for an output: one that is certain to use
/// it before one that speculates, then in turn.
class SwitchMatch final {
public:
    explicit SwitchMatch(std::uint32_t ports) : lane_(std::size_t{port_limit} * ports) {}

    /// Starts on the requests of `input`, whose lanes ask in order from `turn`.
    void begin(std::uint32_t input, std::uint32_t turn) {
        input_ = input;
        turn_ = turn;
        asked_ = certain_ = 0;
    }
    void ask(std::uint32_t output, std::uint32_t vc, bool certain) {
        const std::uint64_t bit = std::uint64_t{1} << output;
        std::uint16_t& lane = lane_[input_ * port_limit + output];
        if ((asked_ & bit) != 0) {
            const bool held = (certain_ & bit) != 0;
            if (held != certain ? held : !before(vc, lane)) return;
        }
        asked_ |= bit;
        if (certain) certain_ |= bit;
        lane = static_cast<std::uint16_t>(vc);
    }
    /// Hands the requests of the input over.
    void end() {
        for_each_bit(asked_, [this](std::uint32_t output) {
            const std::uint64_t bit = std::uint64_t{1} << output;
            const std::uint64_t others = (outputs_ & bit) != 0 ? requests_[output] : 0;
            requests_[output] = others | std::uint64_t{1} << input_;
            outputs_ |= bit;
        });
    }

    /// Calls accept(input, output, lane) for every match and forgets the requests; turns are the caller's to move.
    template <class Accept>
    void match(const PortState* ports, Accept&& accept) {
        std::uint64_t granted_inputs = 0;
        for_each_bit(outputs_, [&](std::uint32_t output) {
            const std::uint32_t input = first_in_turn(requests_[output], ports[output].grant_turn);
            const std::uint64_t bit = std::uint64_t{1} << input;
            const std::uint64_t others = (granted_inputs & bit) != 0 ? grants_[input] : 0;
            grants_[input] = others | std::uint64_t{1} << output;
            granted_inputs |= bit;
        });
        outputs_ = 0;
        for_each_bit(granted_inputs, [&](std::uint32_t input) {
            const std::uint32_t output = first_in_turn(grants_[input], ports[input].accept_turn);
            accept(input, output, std::uint32_t{lane_[input * port_limit + output]});
        });
    }

private:
    [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const {
        return static_cast<std::uint16_t>(a - turn_) < static_cast<std::uint16_t>(b - turn_);
    }

    std::uint32_t input_ = 0;
    std::uint32_t turn_ = 0;
    std::uint64_t asked_ = 0;    ///< outputs that the current input asks for
    std::uint64_t certain_ = 0;  ///< ... for a packet that is certain to use them
    std::uint64_t outputs_ = 0;  ///< outputs with requests
    // Entries are set before they are read; the masks say which.
    std::array<std::uint64_t, port_limit> requests_;  ///< inputs, by output
    std::array<std::uint64_t, port_limit> grants_;    ///< outputs, by input
    std::vector<std::uint16_t> lane_;                 ///< [input * port_limit + output]: who asks
};

/// Matches the lanes of one router with the channels behind its outputs. Members are numbered port << vc_bits | channel.
class ChannelMatch final {
public:
    using Turn = std::uint16_t;

    ChannelMatch(std::size_t members, unsigned vc_bits)
        : vc_bits_{vc_bits}, winner_(members, nobody), accepted_(members, nobody) {}

    /// Lane `lane` asks for every channel of `channels` behind `output`.
    void ask(std::uint32_t lane, std::uint32_t output, VcMask channels) {
        if (channels == 0) return;
        const std::uint64_t bit = std::uint64_t{1} << output;
        if ((outputs_ & bit) != 0) contested_ |= bit;
        outputs_ |= bit;
        requests_.push({lane, output, channels});
    }
    [[nodiscard]] bool idle() const { return requests_.empty(); }

    /// What a lane accepts when it alone asks behind `output`: every channel grants it.
    [[nodiscard]] std::uint32_t alone(std::uint32_t output, VcMask channels, Turn turn) const {
        const std::uint32_t base = output << vc_bits_;
        const std::uint32_t offset = turn > base && turn - base < vc_limit ? turn - base : 0;
        return base | first_in_turn(channels, offset);
    }

    /// Calls accept(lane, output, channel) for every match and forgets the requests. `grant` and `accept_turns` hold the
    /// turns of the router's output channels and lanes, in bytes where they fit. `single` promises that no lane asked for two
    /// outputs.
    template <class Stored, class Accept>
    void match(Stored* grant, Stored* accept_turns, bool rotate, bool single, Accept&& accept) {
        const auto settle = [&](std::uint32_t lane, std::uint32_t channel) {
            if (rotate) {
                grant[channel] = static_cast<Stored>(lane + 1);
                accept_turns[lane] = static_cast<Stored>(channel + 1);
            }
            accept(lane, channel >> vc_bits_, channel & ((1U << vc_bits_) - 1));
        };
        for (const Request& request : requests_) {
            if (single && (contested_ >> request.output & 1U) == 0)
                settle(request.lane, alone(request.output, request.channels, accept_turns[request.lane]));
            else
                for_each_bit(request.channels, [&](std::uint32_t channel) {
                    compete(request.lane, request.output << vc_bits_ | channel, grant);
                });
        }
        requests_.clear();
        outputs_ = contested_ = 0;
        if (!channels_.empty()) match_contested(accept_turns, settle);
    }

private:
    static constexpr Turn nobody = std::numeric_limits<Turn>::max();
    struct Request {
        std::uint32_t lane;
        std::uint32_t output;
        VcMask channels;
    };

    template <class Stored>
    void compete(std::uint32_t lane, std::uint32_t channel, const Stored* grant) {
        Turn& winner = winner_[channel];
        if (winner == nobody) {
            channels_.push(channel);
            winner = static_cast<Turn>(lane);
        } else if (before(lane, winner, grant[channel])) {
            winner = static_cast<Turn>(lane);
        }
    }
    template <class Stored, class Settle>
    void match_contested(const Stored* accept_turns, Settle&& settle) {
        for (const std::uint32_t channel : channels_) {
            const Turn lane = winner_[channel];
            winner_[channel] = nobody;
            if (accepted_[lane] == nobody) {
                lanes_.push(lane);
                accepted_[lane] = static_cast<Turn>(channel);
            } else if (before(channel, accepted_[lane], accept_turns[lane])) {
                accepted_[lane] = static_cast<Turn>(channel);
            }
        }
        channels_.clear();
        for (const std::uint32_t lane : lanes_) settle(lane, std::exchange(accepted_[lane], nobody));
        lanes_.clear();
    }
    [[nodiscard]] static bool before(std::uint32_t a, std::uint32_t b, Turn turn) {
        return static_cast<Turn>(a - turn) < static_cast<Turn>(b - turn);
    }

    unsigned vc_bits_;
    std::uint64_t outputs_ = 0;    ///< outputs asked for
    std::uint64_t contested_ = 0;  ///< ... by several lanes
    EventList<Request> requests_;
    EventList<std::uint32_t> channels_;  ///< contested channels with requests
    EventList<std::uint32_t> lanes_;     ///< lanes with grants
    std::vector<Turn> winner_;           ///< of each channel
    std::vector<Turn> accepted_;         ///< of each lane
};

}  // namespace spikefab::noc
