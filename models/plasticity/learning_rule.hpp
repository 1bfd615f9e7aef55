// SPDX-License-Identifier: Apache-2.0
// Sum-of-products learning rules in Loihi's notation, e.g. "dw = 2^-4*x1*y0 - 2^-4*y1*x0".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikefab {

/// What a factor reads. x0 and y0 tell whether the neuron spiked in the epoch; x1, x2 are traces of the source, y1 to y3 of
/// the target, r1 the reward trace; w, d and t are the synapse's weight, delay and tag.
enum class LearningVariable : std::uint8_t { x0, y0, r0, x1, x2, y1, y2, y3, r1, weight, delay, tag, constant };
constexpr auto enum_names(LearningVariable) {
    return std::array<std::string_view, 13>{"x0", "y0", "r0", "x1", "x2", "y1", "y2", "y3", "r1", "w", "d", "t", "C"};
}

/// What lets a product act: a spike of the source or of the target in the epoch, or every 2^k-th epoch (u<k>).
enum class LearningDependency : std::uint8_t { source_spike, target_spike, every_epoch };

/// (variable + constant), or its sign.
struct LearningFactor {
    LearningVariable variable = LearningVariable::constant;
    std::int32_t constant = 0;
    bool sign_only = false;
    bool operator==(const LearningFactor&) const = default;
};

/// mantissa * 2^(exponent - 7) * factors, when the dependency holds.
struct LearningProduct {
    LearningDependency dependency = LearningDependency::source_spike;
    std::uint32_t epoch_exponent = 0;  ///< k of u<k>
    std::int32_t mantissa = 1;         ///< -8..7
    std::int32_t exponent = 7;         ///< 0..15: the written exponent plus 7
    std::vector<LearningFactor> factors;
    bool operator==(const LearningProduct&) const = default;
};

using LearningSum = std::vector<LearningProduct>;

/// Bits of a factor's magnitude: 1 for x0, y0 and r0, 7 for traces, 9 for w, d and t, 8 for constants.
/// Source: lava b6822fb src/lava/magma/core/learning/constants.py.
[[nodiscard]] std::uint32_t bits_of(LearningVariable variable);

/// Parses the right-hand side of a rule; `target` ("dw", "dd" or "dt") may stand before it with "=". An empty text is a sum
/// without products. InputError says what is wrong at which character, and which forms are known.
[[nodiscard]] LearningSum parse_learning_rule(std::string_view text, std::string_view target);

/// What is wrong with a rule as a person wrote it; empty when it can be parsed.
[[nodiscard]] std::string learning_rule_problem(std::string_view text);

/// The rule as text that `parse_learning_rule` reads back to the same sum.
[[nodiscard]] std::string to_text(const LearningSum& sum);

}  // namespace spikefab
