// SPDX-License-Identifier: Apache-2.0
// Stochastic MTJ neuron, accurate engine: the stochastic LLG equation of every device through every pulse.
//
// Thousands of times slower than the table; for checking it, and for currents outside it.
#include "models/column/column_neuron.hpp"
#include "models/spintronic/mtj.hpp"

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

struct MtjSllg {
    static constexpr std::string_view name = "mtj_sllg";
    static constexpr std::string_view summary = "stochastic magnetic tunnel junction, by its stochastic LLG equation";
    static constexpr std::string_view observable_meaning = "m_z at the end of the last write pulse";
    using Params = MtjParams;
    struct Shared {};
    struct State {
        double cosine = -1.0;  ///< m_z at the end of the last write pulse
    };
    /// Largest turn per step, dt g0 Hk: 0.05 keeps switching probabilities within 1 % (see macrospin.hpp).
    static constexpr double turn_per_step = 0.05;

    static Params instance(const Params& params, Rng& rng) { return params.instance(rng); }
    static State initial(const Params& /*params*/) { return {}; }
    static double spike_energy(const Params& /*params*/) { return 0.0; }
    static double static_power(const Params& /*params*/) { return 0.0; }
    static double observable(const State& state) { return state.cosine; }
    static double even_current(const Params& params) { return params.even_current(); }
    static Shared share(const Params& /*params*/) { return {}; }

    static PulseOutcome sample(State& state, const Params& params, const Shared& /*shared*/, double current, Rng& rng) {
        const double relative = params.relative_current(current);
        const double z = params.equilibrium(rng);
        const double angle = 2.0 * std::numbers::pi * rng.uniform();
        const double side = std::sqrt(std::max(0.0, 1.0 - z * z));
        const double most = turn_per_step / (precession_constant * params.anisotropy);
        const auto steps = static_cast<std::uint64_t>(std::ceil(params.write.si() / most));
        const std::uint64_t high = rng.bits();
        ThermalStream stream{.key = (high << 32U) | rng.bits(), .unit = 0, .step = 0};
        const Vector3 m =
            advance_macrospin_stochastic(params.macrospin(relative), {side * std::cos(angle), side * std::sin(angle), z},
                                         params.write.si() / static_cast<double>(steps), steps, stream);
        state.cosine = m[2];
        const bool switched = m[2] > 0.0;
        return {.payload = switched ? 1 : 0, .energy = params.pulse_energy(relative, switched)};
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<MtjSllg>();

}  // namespace
}  // namespace spikefab
