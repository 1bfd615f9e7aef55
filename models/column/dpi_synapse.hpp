// SPDX-License-Identifier: Apache-2.0
// Differential-pair integrator: the log-domain low-pass filter that is a silicon synapse.
//
// tau I' = -I + (I_gain / I_tau) I_w while the input is on, tau = U_T C / (kappa I_tau): C. Bartolozzi, G. Indiveri,
// Neural Computation 19(10), 2007, 10.1162/neco.2007.19.10.2581, in the regime I >> I_gain.
#pragma once

#include <cmath>

namespace spikefab {

struct DpiFilter {
    double tau = 10e-3;   ///< s
    double gain = 100.0;  ///< I_gain / I_tau

    /// Output after `seconds` of constant input, A.
    [[nodiscard]] double after(double output, double input, double seconds) const {
        const double target = gain * input;
        return target + (output - target) * std::exp(-seconds / tau);
    }
};

}  // namespace spikefab
