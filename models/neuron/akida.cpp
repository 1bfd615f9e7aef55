// SPDX-License-Identifier: Apache-2.0
// Rectified neuron in the style of BrainChip's Akida: no memory, a quantised ReLU of the step's input, sent where it is not 0.
//
//   activation = (input - threshold) / step, rounded down, held within 0 .. 2^bits - 1
// Source: BrainChip's documentation (doc.brainchipinc.com, user guide): integer inputs and weights, quantised ReLU activations
// of 1, 2 or 4 bits (Akida 1.0) or up to 8 (2.0), zeros make no events. How the chip rounds to a level is not published; this
// is the plain reading, of no particular device.
#include "models/neuron/neuron_model.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct Akida {
    static constexpr std::string_view name = "akida";
    static constexpr std::string_view summary =
        "quantised ReLU without memory; graded spikes carry the activation (Akida style)";
    using Input = std::int32_t;
    static constexpr bool graded = true;

    struct Params {
        std::uint32_t bits = 4;
        std::int32_t threshold = 0;
        std::int32_t step = 1;
        static constexpr auto fields = std::tuple{
            field("bits", &Params::bits, {1, 8}, "bits of an activation"),
            field("threshold", &Params::threshold, {-1073741824, 1073741823}, "input at which the activation leaves 0"),
            field("step", &Params::step, {1, 1073741823}, "input from one level of the activation to the next")};
    };

    struct State {
        std::int32_t potential = 0;
        static constexpr auto fields =
            std::tuple{field("potential", &State::potential, "input of the last step minus the threshold")};
        bool operator==(const State&) const = default;
    };

    static std::int32_t step(State& neuron, const Params& params, std::int32_t input) {
        const std::int64_t above = std::int64_t{input} - params.threshold;
        neuron.potential = static_cast<std::int32_t>(std::clamp<std::int64_t>(above, -2147483647, 2147483647));
        if (above < 0) return 0;
        return static_cast<std::int32_t>(std::min<std::int64_t>(above / params.step, (std::int64_t{1} << params.bits) - 1));
    }

    /// Silent while nothing comes, whatever came before.
    static bool quiet(const State& /*neuron*/, const Params& params) { return std::int64_t{params.threshold} > -params.step; }
};

[[maybe_unused]] const bool registered = register_neuron_model<Akida>();

}  // namespace
}  // namespace spikefab
