// SPDX-License-Identifier: Apache-2.0
// ODIN's leaky integrate-and-fire neuron with the calcium variable that directs spike-driven plasticity of its synapses.
//
//   synaptic event:   V = clamp(V + w, 0, 255), w negative for inhibitory sources
//   time reference:   V = max(0, V - leak) if leakage is enabled; every caleak-th one Ca - 1 unless it is 0
//   after either:     a spike, V = 0 and Ca + 1 (at most 7) if V >= theta; a spike and a leak of Ca at once cancel
// A disabled neuron is updated and reset like any other, but sends no spikes.
// Source: Frenkel et al., IEEE TBioCAS 13(1):145 (2019), 10.1109/TBCAS.2018.2880425; ChFrenkel/ODIN 1781931, its
// documentation and RTL (checked against its traces).
#include "models/neuron/event_neuron.hpp"
#include "models/plasticity/sdsp.hpp"

#include <algorithm>

namespace spikefab {
namespace {

struct OdinLif {
    static constexpr std::string_view name = "odin_lif";
    static constexpr std::string_view summary = "ODIN's event-driven LIF neuron with calcium for SDSP, 8-bit potential";
    using Input = std::int32_t;

    static constexpr std::int32_t highest = 255;
    static constexpr std::int32_t most_calcium = 7;
    static constexpr std::int32_t calcium_leak_range = 32;

    struct Params {
        std::int32_t leak = 0;
        bool leaks = true;
        std::int32_t threshold = 100;
        bool calcium_enabled = false;
        std::int32_t membrane_threshold = 0;
        std::int32_t calcium_threshold_1 = 0;
        std::int32_t calcium_threshold_2 = 0;
        std::int32_t calcium_threshold_3 = 0;
        std::int32_t calcium_leak = 0;
        std::int32_t initial_potential = 0;
        std::int32_t initial_calcium = 0;
        bool disabled = false;
        static constexpr auto fields = std::tuple{
            field("leak", &Params::leak, {0, 127}, "what the potential loses with a time reference"),
            field("leaks", &Params::leaks, "whether it leaks at all"),
            field("threshold", &Params::threshold, {0, highest}, "potential from which it fires"),
            field("calcium_enabled", &Params::calcium_enabled, "calcium moves, and its synapses learn"),
            field("membrane_threshold", &Params::membrane_threshold, {0, highest},
                  "SDSP: potential from which weights rise, below which they sink"),
            field("calcium_threshold_1", &Params::calcium_threshold_1, {0, most_calcium}, "SDSP: with less nothing moves"),
            field("calcium_threshold_2", &Params::calcium_threshold_2, {0, most_calcium}, "SDSP: weights sink below it"),
            field("calcium_threshold_3", &Params::calcium_threshold_3, {0, most_calcium}, "SDSP: weights rise below it"),
            field("calcium_leak", &Params::calcium_leak, {0, calcium_leak_range - 1},
                  "time references after which calcium loses 1; 0: it does not leak"),
            field("initial_potential", &Params::initial_potential, {0, highest}, "potential at the start"),
            field("initial_calcium", &Params::initial_calcium, {0, most_calcium}, "calcium at the start"),
            field("disabled", &Params::disabled, "it is updated but sends no spikes")};
    };

    struct State {
        std::int32_t potential = 0;
        std::int32_t calcium = 0;
        std::int32_t time_references = 0;
        static constexpr auto fields =
            std::tuple{field("potential", &State::potential, "membrane potential"),
                       field("calcium", &State::calcium, "calcium, a measure of recent firing"),
                       field("time_references", &State::time_references, "time references since calcium last leaked")};
        bool operator==(const State&) const = default;
    };

    static State initial(const Params& params) {
        return {.potential = params.initial_potential, .calcium = params.initial_calcium, .time_references = 0};
    }

    static bool step(State& neuron, const Params& params, std::int32_t weight) {
        return settle(neuron, params, std::clamp(neuron.potential + weight, 0, highest), false);
    }

    static bool time_reference(State& neuron, const Params& params) {
        bool calcium_leaks = false;
        if (params.calcium_enabled && params.calcium_leak != 0) {
            calcium_leaks = neuron.time_references == params.calcium_leak - 1;
            neuron.time_references = calcium_leaks ? 0 : (neuron.time_references + 1) % calcium_leak_range;
        }
        const std::int32_t leak = params.leaks ? params.leak : 0;
        return settle(neuron, params, std::max(neuron.potential - leak, 0), calcium_leaks);
    }

    static std::int8_t plasticity(const State& neuron, const Params& params) {
        if (!params.calcium_enabled) return 0;
        return sdsp_direction(neuron.potential, neuron.calcium,
                              {.membrane = params.membrane_threshold,
                               .calcium_1 = params.calcium_threshold_1,
                               .calcium_2 = params.calcium_threshold_2,
                               .calcium_3 = params.calcium_threshold_3});
    }

private:
    static bool settle(State& neuron, const Params& params, std::int32_t potential, bool calcium_leaks) {
        const bool fires = potential >= params.threshold;
        neuron.potential = fires ? 0 : potential;
        if (params.calcium_enabled && fires != calcium_leaks)
            neuron.calcium = std::clamp(neuron.calcium + (fires ? 1 : -1), 0, most_calcium);
        return fires && !params.disabled;
    }
};

[[maybe_unused]] const bool registered = register_event_neuron_model<OdinLif>();

}  // namespace
}  // namespace spikefab
