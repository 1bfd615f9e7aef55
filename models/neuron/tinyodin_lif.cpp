// SPDX-License-Identifier: Apache-2.0
// tinyODIN's leaky integrate-and-fire neuron: a signed 12-bit potential that leaks towards zero with the time reference.
//
//   synaptic event:   V = clamp(V + w, -2048, 2047)
//   time reference:   V moves towards 0 by the leak, and stops there
//   after either:     a spike and V = 0 if V >= theta and V is not negative
// A disabled neuron is updated and reset like any other, but sends no spikes.
// Source: ChFrenkel/tinyODIN 1865653, its documentation and RTL (checked against its traces); the chip it comes from:
// Frenkel et al., IEEE TBioCAS 13(1):145 (2019), 10.1109/TBCAS.2018.2880425.
#include "models/neuron/event_neuron.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct TinyOdinLif {
    static constexpr std::string_view name = "tinyodin_lif";
    static constexpr std::string_view summary = "tinyODIN's event-driven LIF neuron, 12-bit signed potential";
    using Input = std::int32_t;

    static constexpr std::int32_t lowest = -2048;
    static constexpr std::int32_t highest = 2047;

    struct Params {
        std::int32_t leak = 0;
        std::int32_t threshold = 100;
        std::int32_t initial_potential = 0;
        bool disabled = false;
        static constexpr auto fields =
            std::tuple{field("leak", &Params::leak, {0, 127}, "what the potential loses, towards 0, with a time reference"),
                       field("threshold", &Params::threshold, {0, 4095}, "potential from which it fires; above 2047: never"),
                       field("initial_potential", &Params::initial_potential, {lowest, highest}, "potential at the start"),
                       field("disabled", &Params::disabled, "it is updated but sends no spikes")};
    };

    struct State {
        std::int32_t potential = 0;
        static constexpr auto fields = std::tuple{field("potential", &State::potential, "membrane potential")};
        bool operator==(const State&) const = default;
    };

    static State initial(const Params& params) { return {params.initial_potential}; }

    static bool step(State& neuron, const Params& params, std::int32_t weight) {
        return settle(neuron, params, std::clamp(neuron.potential + weight, lowest, highest));
    }

    static bool time_reference(State& neuron, const Params& params) {
        const std::int32_t before = neuron.potential;
        return settle(neuron, params, before < 0 ? std::min(before + params.leak, 0) : std::max(before - params.leak, 0));
    }

private:
    static bool settle(State& neuron, const Params& params, std::int32_t potential) {
        const bool fires = potential >= params.threshold;  // the threshold is not negative
        neuron.potential = fires ? 0 : potential;
        return fires && !params.disabled;
    }
};

[[maybe_unused]] const bool registered = register_event_neuron_model<TinyOdinLif>();

}  // namespace
}  // namespace spikefab
