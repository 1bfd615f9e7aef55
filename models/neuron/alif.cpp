// SPDX-License-Identifier: Apache-2.0
// Adaptive leaky integrate-and-fire neuron in floating point: every spike raises the threshold, which then falls back.
//
//   v[t] = leak v[t-1] + bias + input;   a spike when v[t] > threshold + adaptation * a[t-1]  (strictly, as in NIR)
//   a[t] = adaptation_leak a[t-1] + (1 - adaptation_leak) z[t],   z[t] = 1 at a spike, else 0
// Source: Bellec et al., NeurIPS 2018 (arXiv:1803.09574), eqs. 1-3: B = b0 + beta b, b <- rho b + (1 - rho) z.
#include "models/neuron/neuron_model.hpp"

#include <algorithm>
#include <limits>

namespace spikefab {
namespace {

enum class Reset { to_value, subtract };
constexpr auto enum_names(Reset) {
    return std::array<std::string_view, 2>{"to_value", "subtract"};
}

struct Alif {
    static constexpr std::string_view name = "alif";
    static constexpr std::string_view summary = "floating-point LIF whose threshold rises with every spike and falls back";
    using Input = double;

    struct Params {
        double leak = 0.9;
        double threshold = 1.0;
        double bias = 0.0;
        double reset_value = 0.0;
        Reset reset = Reset::to_value;
        double adaptation = 1.8;
        double adaptation_leak = 0.95;
        static constexpr auto fields = std::tuple{
            field("leak", &Params::leak, {0.0, 1.0}, "share of the potential kept each step"),
            field("threshold", &Params::threshold, {-1e12, 1e12}, "b0: potential above which it fires at rest"),
            field("bias", &Params::bias, {-1e12, 1e12}, "constant input of every step"),
            field("reset_value", &Params::reset_value, {-1e12, 1e12}, "potential after a spike when reset is to_value"),
            field("reset", &Params::reset, "after a spike: to_value, or subtract the threshold as it is then"),
            field("adaptation", &Params::adaptation, {-1e12, 1e12}, "beta: what an adaptation of 1 adds to the threshold"),
            field("adaptation_leak", &Params::adaptation_leak, {0.0, 1.0}, "rho: share of the adaptation kept each step")};
    };

    struct State {
        double potential = 0.0;
        double adaptation = 0.0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "membrane potential"),
                                                  field("adaptation", &State::adaptation, "a, recent firing, 0 to 1")};
        bool operator==(const State&) const = default;
    };

    static bool step(State& neuron, const Params& params, double input) {
        neuron.potential = params.leak * neuron.potential + params.bias + input;
        const double threshold = params.threshold + params.adaptation * neuron.adaptation;
        const bool fires = neuron.potential > threshold;
        if (fires) neuron.potential = params.reset == Reset::subtract ? neuron.potential - threshold : params.reset_value;
        neuron.adaptation = params.adaptation_leak * neuron.adaptation + (fires ? 1.0 - params.adaptation_leak : 0.0);
        return fires;
    }

    /// Without input the potential moves monotonically towards bias / (1 - leak), the threshold towards b0.
    static bool quiet(const State& neuron, const Params& params) {
        const double next = params.leak * neuron.potential + params.bias;
        const double limit = params.leak < 1.0 ? params.bias / (1.0 - params.leak) : std::numeric_limits<double>::infinity();
        const double highest = next <= neuron.potential ? next : limit;
        return highest <= params.threshold + std::min(0.0, params.adaptation * neuron.adaptation);
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<Alif>();

}  // namespace
}  // namespace spikefab
