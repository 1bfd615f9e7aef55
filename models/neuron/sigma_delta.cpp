// SPDX-License-Identifier: Apache-2.0
// Sigma-delta neuron of Loihi 2: adds up the changes that it receives and sends its own change when that is large enough.
//
//   sigma += input;   act = sigma + bias, rectified at 0 in mode relu;   delta = act - sent
//   |delta| >= threshold: the spike carries delta >> shift (rounded down), and sent += (delta >> shift) << shift
// Source: lava 174f46d src/lava/proc/sdn/models.py (BSD-3), the fixed-point model that remembers what it really sent
// (PySigmaDeltaModelFixedCorrected). A spike carries 24 bits, sign included (graded spikes of Loihi 2); what a change has
// beyond that follows in the next steps.
#include "models/neuron/neuron_model.hpp"

#include <algorithm>
#include <cstdlib>

namespace spikefab {
namespace {

enum class Activation { unit, relu };
constexpr auto enum_names(Activation) {
    return std::array<std::string_view, 2>{"unit", "relu"};
}

struct SigmaDelta {
    static constexpr std::string_view name = "sigma_delta";
    static constexpr std::string_view summary = "Loihi 2's sigma-delta neuron: graded spikes carry changes of its activation";
    using Input = std::int32_t;
    static constexpr bool graded = true;
    static constexpr std::int32_t largest_payload = (1 << 23) - 1;

    struct Params {
        std::int32_t threshold = 1;
        std::int32_t bias = 0;
        std::uint32_t shift = 0;
        Activation activation = Activation::relu;
        static constexpr auto fields = std::tuple{
            field("threshold", &Params::threshold, {0, 8388607}, "vth: smallest change of the activation that is sent"),
            field("bias", &Params::bias, {-8388608, 8388607}, "added to the sum of all input"),
            field("shift", &Params::shift, {0, 23}, "fraction bits of the activation that a spike does not carry"),
            field("activation", &Params::activation, "unit: the sum itself; relu: not below 0")};
    };

    struct State {
        std::int32_t potential = 0;
        std::int32_t sent = 0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "sigma, the sum of all input"),
                                                  field("sent", &State::sent, "activation that the receivers know of")};
        bool operator==(const State&) const = default;
    };

    static std::int32_t step(State& neuron, const Params& params, std::int32_t input) {
        neuron.potential = limited(std::int64_t{neuron.potential} + input);
        std::int64_t activation = std::int64_t{neuron.potential} + params.bias;
        if (params.activation == Activation::relu) activation = std::max<std::int64_t>(activation, 0);
        const std::int64_t delta = activation - neuron.sent;
        if (std::abs(delta) < params.threshold) return 0;
        const auto payload =
            static_cast<std::int32_t>(std::clamp<std::int64_t>(delta >> params.shift, -largest_payload, largest_payload));
        neuron.sent = limited(neuron.sent + (std::int64_t{payload} << params.shift));
        return payload;
    }

private:
    /// lava keeps 32 bits; here they do not wrap.
    [[nodiscard]] static std::int32_t limited(std::int64_t value) {
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -2147483647, 2147483647));
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<SigmaDelta>();

}  // namespace
}  // namespace spikefab
