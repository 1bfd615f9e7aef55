// SPDX-License-Identifier: Apache-2.0
// The network's equations in steps of dt (forward Euler), one layer at a time: what every lowering starts from.
#pragma once

#include "base/quantity.hpp"
#include "network/lowering.hpp"
#include "network/network.hpp"

#include <string>
#include <vector>

namespace spikefab {

/// One layer (a population and all it receives). Per step, for every neuron, with s the source spikes:
///   i = (1 - current_rate) i + sum over inputs of weights * s * gain
///   v = (1 - membrane_rate) v + i + drive;  a spike when v > v_threshold, then v = v_reset or v - v_threshold
/// IF has membrane_rate 0; IF and LIF have current_rate 1 (no memory in the current).
/// Source: the NIR equations by forward Euler, the step that Norse, snnTorch and Sinabs take.
struct DiscreteLayer {
    const Population* population = nullptr;
    std::vector<const Projection*> inputs{};
    std::vector<double> gain{};           ///< what a weight of 1 adds to v
    std::vector<double> drive{};          ///< from v_leak and biases; a bias that passes the current counts as settled
    std::vector<double> membrane_rate{};  ///< share of v lost per step
    std::vector<double> current_rate{};   ///< share of i lost per step
    ResetRule reset = ResetRule::to_value;

    [[nodiscard]] std::size_t size() const { return gain.size(); }
    [[nodiscard]] bool has_current() const;  ///< some current_rate is below 1
    /// What a synapse adds to v of its target neuron.
    [[nodiscard]] double effective(double weight, std::size_t neuron) const { return weight * gain[neuron]; }
    /// InputError "layer 'name': problem".
    [[noreturn]] void refuse(std::string_view problem) const;
};

/// The time of one step: from `options`, else metadata "dt", else from r = tau/dt or w_in = tau_syn/dt as exporters write it,
/// else 100 us. Adds to `notes` whatever was not given by the options or the file.
[[nodiscard]] Time choose_dt(const Network& network, const LoweringOptions& options, std::vector<std::string>& notes);

/// The layer of population `id`. InputError when dt is longer than a time constant.
[[nodiscard]] DiscreteLayer discretise(const Network& network, PopulationId id, Time dt, ResetRule reset,
                                       std::vector<std::string>& notes);

/// The nearest integer where `value` is one but for the rounding of 32-bit floats (1e-6), else `value`.
[[nodiscard]] double snapped(double value);
[[nodiscard]] bool is_whole(double value);

}  // namespace spikefab
