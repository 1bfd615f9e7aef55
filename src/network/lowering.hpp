// SPDX-License-Identifier: Apache-2.0
// From a real-valued network to a chip's numbers. Each neuron model brings its own lowering in one file of
// network/lowering, registered under the model's name.
#pragma once

#include "base/field.hpp"
#include "base/quantity.hpp"
#include "network/lowered.hpp"
#include "network/network.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace spikefab {

/// What happens after a spike. NIR knows only `to_value`; exporters lose `subtract`. `from_file`: metadata "reset", else
/// to_value.
enum class ResetRule { from_file, to_value, subtract };
constexpr auto enum_names(ResetRule) {
    return std::array<std::string_view, 3>{"auto", "to_value", "subtract"};
}

/// `fitted`: integers are kept as they are (exact), anything else is scaled per layer. `per_layer`: the largest weight of
/// a layer takes the largest integer. `exact`: refuse what is not an integer already.
enum class ScalePolicy { fitted, per_layer, exact };
constexpr auto enum_names(ScalePolicy) {
    return std::array<std::string_view, 3>{"auto", "per_layer", "exact"};
}

enum class OutOfRange { refuse, clip };
constexpr auto enum_names(OutOfRange) {
    return std::array<std::string_view, 2>{"refuse", "clip"};
}

struct LoweringOptions {
    std::optional<Time> dt{};
    ResetRule reset = ResetRule::from_file;
    std::uint32_t weight_bits = 8;
    std::uint32_t activation_bits = 4;
    ScalePolicy scale = ScalePolicy::fitted;
    OutOfRange on_out_of_range = OutOfRange::refuse;
    static constexpr auto fields = std::tuple{
        field("dt", &LoweringOptions::dt, {1e-3, 1e12},
              "time of one step in the network's equations; else the file's, else inferred, else 100 us"),
        field("reset", &LoweringOptions::reset, "after a spike: what the file says, to_value, or subtract the threshold"),
        field("weight_bits", &LoweringOptions::weight_bits, {1, 9}, "bits of a weight, sign included"),
        field("activation_bits", &LoweringOptions::activation_bits, {1, 8},
              "sigma_delta, akida: bits of an activation of 1 in a spike"),
        field("scale", &LoweringOptions::scale, "auto keeps integers and scales the rest; per_layer; exact refuses the rest"),
        field("on_out_of_range", &LoweringOptions::on_out_of_range, "refuse what the chip cannot hold, or clip and count it")};
};

/// Inclusive bounds of a number on the chip.
struct ChipRange {
    double lower;
    double upper;
};

/// What the cores of a chip can hold, where that is not for the neuron model to say.
struct ChipLimits {
    std::uint32_t longest_delay = 62;      ///< steps beyond the one that every spike takes
    std::uint32_t wrapping_potential = 0;  ///< bits of a potential that wraps, and of what is compared with it; 0: it does not

    /// What these bits hold; without end where nothing wraps.
    [[nodiscard]] ChipRange potential() const;
};

/// Lowers `network` to the numbers of `neuron_model`. InputError when the model has no lowering, when a layer needs what
/// the model does not have, or when a value does not fit (names layer, neuron, value, range).
[[nodiscard]] LoweredNetwork lower(const Network& network, std::string_view neuron_model, const LoweringOptions& options = {},
                                   const ChipLimits& limits = {});

}  // namespace spikefab
