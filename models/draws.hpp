// SPDX-License-Identifier: Apache-2.0
// Where a stochastic model gets its random integers: counter-based Philox, a chip's shift register, or a log.
#pragma once

#include "base/random.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace spikefab {

/// Fibonacci linear feedback shift register: each clock shifts right and feeds the parity of the tapped bits in at the
/// top. The default taps give the maximal period 65,535 (x^16 + x^15 + x^13 + x^4 + 1; Xilinx XAPP052, table 3).
/// IBM has not published TrueNorth's polynomial, so width and taps are parameters.
class ShiftRegister final {
public:
    struct Params {
        std::uint32_t width = 16;     ///< bits, 1..32
        std::uint32_t taps = 0x100B;  ///< bit i: the bit that i more clocks would shift out is part of the parity
        std::uint32_t seed = 1;       ///< not 0: zero is the state that never leaves
    };
    explicit ShiftRegister(const Params& params);  ///< InputError for a seed or taps that do not fit the width

    [[nodiscard]] std::uint32_t bits(unsigned count);
    [[nodiscard]] std::uint32_t state() const { return state_; }

private:
    std::uint32_t taps_;
    std::uint32_t state_;
    unsigned top_;
};

/// Draws shared by the units of one block, asked unit by unit and step by step.
class DrawSource final {
public:
    /// Counter-based: a draw depends on key, unit, step and its number within the step only.
    explicit DrawSource(std::uint64_t key = 0) : key_{key} {}
    /// The chip's own register, one for all units, in the order in which they ask. The register must outlive this.
    explicit DrawSource(ShiftRegister& shift_register) : register_{&shift_register} {}
    /// The same, kept alive by this and its copies.
    explicit DrawSource(std::shared_ptr<ShiftRegister> shift_register)
        : owned_{std::move(shift_register)}, register_{owned_.get()} {}
    /// Values that someone logged, in the order in which they are asked for. They must outlive this.
    explicit DrawSource(std::span<const std::int32_t> log) : log_{log}, replays_{true} {}

    /// `count` (1..32) random bits.
    [[nodiscard]] std::uint32_t bits(unsigned count, Rng& counter) {
        if (replays_) return static_cast<std::uint32_t>(next_logged());
        if (register_ != nullptr) return register_->bits(count);
        return counter.bits() >> (32U - count);
    }
    /// Uniform integer in [lower, upper].
    [[nodiscard]] std::int32_t between(std::int32_t lower, std::int32_t upper, Rng& counter);
    [[nodiscard]] std::uint64_t key() const { return key_; }
    /// True when draws do not depend on the order in which they are asked for.
    [[nodiscard]] bool counter_based() const { return register_ == nullptr && !replays_; }

private:
    [[nodiscard]] std::int32_t next_logged();

    std::uint64_t key_ = 0;
    std::shared_ptr<ShiftRegister> owned_;
    ShiftRegister* register_ = nullptr;
    std::span<const std::int32_t> log_;
    bool replays_ = false;
    std::size_t used_ = 0;
};

/// What a step may know beside its state and input: which unit, which step (from 1), and its random numbers.
class StepContext final {
public:
    StepContext(DrawSource& source, std::uint32_t unit, std::uint64_t step) : source_{source}, unit_{unit}, step_{step} {}

    [[nodiscard]] std::uint64_t step() const { return step_; }
    [[nodiscard]] std::uint32_t unit() const { return unit_; }
    [[nodiscard]] std::uint32_t bits(unsigned count) { return source_.bits(count, counter()); }
    [[nodiscard]] std::int32_t between(std::int32_t lower, std::int32_t upper) {
        return source_.between(lower, upper, counter());
    }

private:
    [[nodiscard]] Rng& counter() {
        if (!counter_) counter_.emplace(source_.key(), unit_, step_);
        return *counter_;
    }

    DrawSource& source_;
    std::uint32_t unit_;
    std::uint64_t step_;
    std::optional<Rng> counter_;  ///< made by the first draw: most steps draw nothing
};

/// Draws of 8 bits for the synapses of one axon in one step, one for each neuron: counter-based ones depend on key, axon,
/// step and neuron only, and cost one Philox block for 16 neighbours.
class SynapseDraws final {
public:
    SynapseDraws(DrawSource& source, std::uint32_t axon, std::uint64_t step)
        : source_{source}, key_{hash_text("synapses", source.key())}, axon_{axon}, step_{step} {}

    [[nodiscard]] std::uint32_t of(std::uint32_t neuron) {
        if (!source_.counter_based()) return source_.bits(8, unused_);
        if (neuron / 16 != block_) draw_block(neuron / 16);
        return bytes_[neuron % 16];
    }

private:
    void draw_block(std::uint32_t block) {
        block_ = block;
        bytes_ = std::bit_cast<std::array<std::uint8_t, 16>>(
            philox({block, axon_, static_cast<std::uint32_t>(step_), static_cast<std::uint32_t>(step_ >> 32U)},
                   {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32U)}));
    }

    DrawSource& source_;
    std::uint64_t key_;
    std::uint32_t axon_;
    std::uint64_t step_;
    std::uint32_t block_ = 0xffffffffU;
    std::array<std::uint8_t, 16> bytes_{};
    Rng unused_{0, std::uint32_t{0}, 0};
};

}  // namespace spikefab
