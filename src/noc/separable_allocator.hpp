// SPDX-License-Identifier: Apache-2.0
// Separable allocation in one iteration: every output grants one request, every input accepts one grant, both in turn
// (iSLIP: McKeown, "The iSLIP scheduling algorithm for input-queued switches", IEEE/ACM Trans. Networking 7(2), 1999).
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace spikefab::noc {

/// The first member at or after the turn is served; turns move behind whoever was served, and only when it was accepted.
using Turn = std::uint16_t;

/// Turns of one allocator: [output] and [input].
struct Turns {
    Turn* grant;
    Turn* accept;
};

class SeparableAllocator final {
public:
    SeparableAllocator(std::size_t inputs, std::size_t outputs, bool round_robin)
        : round_robin_{round_robin}, winner_(outputs, nobody), accepted_(inputs, nobody) {}

    /// Each pair of input and output at most once between two calls of `match`.
    void request(const Turns& turns, std::uint32_t input, std::uint32_t output) {
        const auto candidate = static_cast<Turn>(input);
        Turn& winner = winner_[output];
        if (winner == nobody) {
            outputs_.push_back(static_cast<Turn>(output));
            winner = candidate;
        } else if (before(candidate, winner, turns.grant[output])) {
            winner = candidate;
        }
    }
    [[nodiscard]] bool idle() const { return outputs_.empty(); }

    /// Calls accept(input, output) for every match and forgets the requests.
    template <class Accept>
    void match(const Turns& turns, Accept&& accept) {
        for (const Turn output : outputs_) {
            const Turn input = winner_[output];
            winner_[output] = nobody;
            Turn& accepted = accepted_[input];
            if (accepted == nobody) {
                inputs_.push_back(input);
                accepted = output;
            } else if (before(output, accepted, turns.accept[input])) {
                accepted = output;
            }
        }
        outputs_.clear();
        for (const Turn input : inputs_) {
            const Turn output = accepted_[input];
            accepted_[input] = nobody;
            if (round_robin_) {
                turns.grant[output] = static_cast<Turn>(input + 1);
                turns.accept[input] = static_cast<Turn>(output + 1);
            }
            accept(std::uint32_t{input}, std::uint32_t{output});
        }
        inputs_.clear();
    }

private:
    static constexpr Turn nobody = std::numeric_limits<Turn>::max();

    /// True when `a` comes before `b` in the order that starts at `turn` and wraps around.
    [[nodiscard]] static bool before(Turn a, Turn b, Turn turn) {
        return static_cast<Turn>(a - turn) < static_cast<Turn>(b - turn);
    }

    bool round_robin_;
    std::vector<Turn> winner_;    ///< of each output
    std::vector<Turn> accepted_;  ///< of each input
    std::vector<Turn> outputs_;   ///< with requests
    std::vector<Turn> inputs_;    ///< with grants
};

}  // namespace spikefab::noc
