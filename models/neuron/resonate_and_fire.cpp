// SPDX-License-Identifier: Apache-2.0
// Resonate-and-fire neuron: a damped oscillation that input pushes, and a spike when it swings high enough.
//
//   z' = (b + i omega) z + I;   a spike when Im z > threshold, then z = reset_x + i reset_y
// Source: Izhikevich, Neural Networks 14(6-7):883-894 (2001), 10.1016/S0893-6080(01)00078-8. The linear equation is solved
// exactly: z[t] = exp(b + i omega) z[t-1] + input, the input of a step being a pulse at its end; b and omega are per step.
#include "models/neuron/neuron_model.hpp"

#include <cmath>
#include <numbers>

namespace spikefab {
namespace {

struct ResonateAndFire {
    static constexpr std::string_view name = "resonate_and_fire";
    static constexpr std::string_view summary = "damped oscillator that fires when it swings above a threshold (2001)";
    using Input = double;

    struct Params {
        double damping = -0.1;
        double frequency = 1.0;
        double threshold = 1.0;
        double bias = 0.0;
        double reset_x = 0.0;
        double reset_y = 0.0;
        static constexpr auto fields =
            std::tuple{field("damping", &Params::damping, {-100.0, 0.0}, "b, per step: the swing keeps exp(b) of its size"),
                       field("frequency", &Params::frequency, {0.0, std::numbers::pi}, "omega, radians per step"),
                       field("threshold", &Params::threshold, {1e-9, 1e12}, "Im z above which it fires"),
                       field("bias", &Params::bias, {-1e12, 1e12}, "constant input of every step"),
                       field("reset_x", &Params::reset_x, {-1e12, 1e12}, "Re z after a spike"),
                       field("reset_y", &Params::reset_y, {-1e12, 1e12}, "Im z after a spike")};
    };

    struct State {
        double x = 0.0;
        double potential = 0.0;
        static constexpr auto fields = std::tuple{field("x", &State::x, "Re z, current-like"),
                                                  field("potential", &State::potential, "Im z, voltage-like")};
        bool operator==(const State&) const = default;
    };

    struct Constants {
        explicit Constants(const Params& params)
            : along{std::exp(params.damping) * std::cos(params.frequency)},
              across{std::exp(params.damping) * std::sin(params.frequency)},
              // Rounding may let an undamped swing grow, by less than this share in any run.
              safe{params.bias == 0.0 ? params.threshold * (1.0 - 1e-6) : -1.0},
              written{params} {}
        double along;   ///< Re exp(b + i omega)
        double across;  ///< Im
        double safe;    ///< a swing no larger than this never fires by itself; negative: none is
        Params written;
    };

    static bool step(State& neuron, const Constants& constants, double input) {
        const State before = neuron;
        neuron.x = constants.along * before.x - constants.across * before.potential + constants.written.bias + input;
        neuron.potential = constants.across * before.x + constants.along * before.potential;
        if (neuron.potential <= constants.written.threshold) return false;
        neuron = {constants.written.reset_x, constants.written.reset_y};
        return true;
    }

    static bool quiet(const State& neuron, const Constants& constants) {
        return std::hypot(neuron.x, neuron.potential) <= constants.safe;
    }
};

[[maybe_unused]] const bool registered = register_neuron_model<ResonateAndFire>();

}  // namespace
}  // namespace spikefab
