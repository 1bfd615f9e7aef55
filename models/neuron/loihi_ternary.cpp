// SPDX-License-Identifier: Apache-2.0
// Loihi's compartment with two thresholds: a spike of +1 above the upper one, of -1 below the lower one; either resets v.
//
//   v > vth_hi * 64: sends +1, v = 0;   v < vth_lo * 64: sends -1, v = 0.   u and v as in loihi_compartment.hpp.
// Source: lava b6822fb src/lava/proc/lif/models.py, TernaryLIF in fixed point, whose every state it reproduces.
#include "models/neuron/loihi_compartment.hpp"

namespace spikefab {
namespace {

struct LoihiTernary {
    static constexpr std::string_view name = "loihi_ternary";
    static constexpr std::string_view summary = "Loihi's compartment with spikes of +1 and -1, bit-exact fixed point";
    using Input = std::int32_t;
    static constexpr bool graded = true;
    using State = loihi::State;

    struct Params : loihi::Params {
        std::int32_t upper_threshold = 100;
        std::int32_t lower_threshold = -100;
        static constexpr auto fields = std::tuple_cat(
            std::tuple{
                field("upper_threshold", &Params::upper_threshold, {-131071, 131071}, "vth_hi: +1 when v > vth_hi * 64"),
                field("lower_threshold", &Params::lower_threshold, {-131071, 131071}, "vth_lo: -1 when v < vth_lo * 64")},
            loihi::Params::fields);
    };

    struct Constants : loihi::Constants {
        explicit Constants(const Params& params)
            : loihi::Constants{params},
              upper{params.upper_threshold * loihi::state_unit},
              lower{params.lower_threshold * loihi::state_unit} {}
        std::int32_t upper;
        std::int32_t lower;
    };

    static State initial(const Constants& constants) { return loihi::initial_state(constants); }

    static std::int32_t step(State& neuron, const Constants& constants, std::int32_t sum, StepContext& context) {
        const std::int32_t bias = loihi::update_current(neuron, constants, sum, context);
        loihi::integrate(neuron, constants, loihi::drive(neuron.current, bias, constants));
        const std::int32_t payload = crossed(neuron, constants);
        if (payload != 0) loihi::reset_after_spike(neuron, constants);
        return payload;
    }

    static bool quiet(const State& neuron, const Constants& constants) {
        return crossed(neuron, constants) == 0 && loihi::at_fixed_point(neuron, constants);
    }

private:
    [[nodiscard]] static std::int32_t crossed(const State& neuron, const Constants& constants) {
        return (neuron.potential > constants.upper ? 1 : 0) - (neuron.potential < constants.lower ? 1 : 0);
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<LoihiTernary>();

}  // namespace
}  // namespace spikefab
