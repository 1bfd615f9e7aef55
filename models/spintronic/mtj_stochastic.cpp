// SPDX-License-Identifier: Apache-2.0
// Stochastic MTJ neuron, fast engine: switching probabilities of the Fokker-Planck equation, tabulated once.
//
// A. Sengupta et al., Sci. Rep. 6, 2016, 10.1038/srep30039, use a junction's probabilistic switching as the neuron; the
// probability itself is this project's own solution (switching.hpp), which unlike closed forms holds at any current.
#include "base/error.hpp"
#include "models/column/column_neuron.hpp"
#include "models/spintronic/mtj.hpp"
#include "models/spintronic/switching.hpp"

namespace spikefab {
namespace {

struct MtjStochastic {
    static constexpr std::string_view name = "mtj_stochastic";
    static constexpr std::string_view summary = "stochastic magnetic tunnel junction, by a table of its Fokker-Planck equation";
    static constexpr std::string_view observable_meaning = "m_z after read and reset: always -1";
    using Params = MtjParams;
    using Shared = SwitchingTable;
    struct State {};

    static void check(const Params& params) {
        if (params.barrier() * (1.0 + 4.0 * params.stability_sigma) > 200.0 ||
            params.barrier() * (1.0 - 4.0 * params.stability_sigma) < 1.0)
            throw InputError{"mtj_stochastic: delta at this temperature, with 4 delta_sigma, must stay between 1 and 200"};
    }
    static Params instance(const Params& params, Rng& rng) { return params.instance(rng); }
    static State initial(const Params& /*params*/) { return {}; }
    static double spike_energy(const Params& /*params*/) { return 0.0; }
    static double static_power(const Params& /*params*/) { return 0.0; }
    static double observable(const State& /*state*/) { return -1.0; }  // always read and reset

    static double even_current(const Params& params) { return params.even_current(); }
    static Shared share(const Params& params) {
        const double spread = 4.0 * params.stability_sigma;
        return {params.relaxation_rate() * params.write.si(), params.barrier() * (1.0 - spread),
                params.barrier() * (1.0 + spread)};
    }
    static PulseOutcome sample(State& /*state*/, const Params& params, const Shared& table, double current, Rng& rng) {
        const double relative = params.relative_current(current);
        const bool switched = rng.uniform() < table.probability(params.barrier(), relative);
        return {.payload = switched ? 1 : 0, .energy = params.pulse_energy(relative, switched)};
    }
};

[[maybe_unused]] const bool registered = register_column_neuron<MtjStochastic>();

}  // namespace
}  // namespace spikefab
