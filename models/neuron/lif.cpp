// SPDX-License-Identifier: Apache-2.0
// Leaky integrate-and-fire neuron in floating point, with refractory period and two kinds of reset.
//
// v[t] = leak * v[t-1] + bias + input;  a spike when v > threshold (strictly, as in NIR).
// Forward Euler of tau v' = (v_leak - v) + R I (Gerstner et al., Neuronal Dynamics, 2014, eq. 1.5) with
// leak = 1 - dt/tau; the gain dt*R/tau is folded into the weights.
#include "models/neuron/neuron_model.hpp"

namespace spikefab {
namespace {

enum class Reset { to_value, subtract };
constexpr auto enum_names(Reset) {
    return std::array<std::string_view, 2>{"to_value", "subtract"};
}

struct Lif {
    static constexpr std::string_view name = "lif";
    static constexpr std::string_view summary = "floating-point leaky integrate-and-fire with refractory period";
    using Input = double;

    struct Params {
        double leak = 0.9;
        double threshold = 1.0;
        double bias = 0.0;
        double reset_value = 0.0;
        Reset reset = Reset::to_value;
        std::uint32_t refractory = 0;
        static constexpr auto fields = std::tuple{
            field("leak", &Params::leak, {0.0, 1.0}, "share of the potential kept each step"),
            field("threshold", &Params::threshold, {-1e12, 1e12}, "potential above which it fires"),
            field("bias", &Params::bias, {-1e12, 1e12}, "constant input of every step"),
            field("reset_value", &Params::reset_value, {-1e12, 1e12}, "potential after a spike when reset is to_value"),
            field("reset", &Params::reset, "after a spike: to_value, or subtract the threshold"),
            field("refractory", &Params::refractory, {0, 65535}, "steps of silence after a spike; input is lost meanwhile")};
    };

    struct State {
        double potential = 0.0;
        std::uint32_t silent = 0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "membrane potential"),
                                                  field("silent", &State::silent, "steps of refractory silence left")};
        bool operator==(const State&) const = default;
    };

    static bool step(State& neuron, const Params& params, double input) {
        if (neuron.silent > 0) {
            --neuron.silent;
            return false;
        }
        neuron.potential = params.leak * neuron.potential + params.bias + input;
        if (neuron.potential <= params.threshold) return false;
        neuron.potential = params.reset == Reset::subtract ? neuron.potential - params.threshold : params.reset_value;
        neuron.silent = params.refractory;
        return true;
    }

    /// Without input the potential moves monotonically from where it is towards bias / (1 - leak).
    static bool quiet(const State& neuron, const Params& params) {
        if (neuron.silent > 0) return false;
        const double next = params.leak * neuron.potential + params.bias;
        if (next > params.threshold) return false;
        return next <= neuron.potential ? true : params.leak < 1.0 && params.bias / (1.0 - params.leak) <= params.threshold;
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<Lif>();

}  // namespace
}  // namespace spikefab
