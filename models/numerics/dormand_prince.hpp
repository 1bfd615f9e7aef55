// SPDX-License-Identifier: Apache-2.0
// Integrates a small system of ordinary differential equations to a tolerance: Dormand-Prince 5(4), adaptive.
//
// Coefficients: J. R. Dormand, P. J. Prince, "A family of embedded Runge-Kutta formulae", J. Comput. Appl. Math.
// 6(1), 1980, 10.1016/0771-050X(80)90013-3; step control as in Hairer, Norsett, Wanner, Solving Ordinary
// Differential Equations I, section II.4.
#pragma once

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace spikefab {

struct OdeTolerance {
    double relative = 1e-9;
    double absolute = 1e-12;
    int most_steps = 10'000'000;
};

/// One trial step of size h from (t, y): the fifth-order result, the derivative there, and the scaled error.
/// A State is copyable and has size() and operator[]: std::array or std::vector of double.
template <class State>
struct OdeTrial {
    State y;
    State slope;
    double error = 0.0;
};

template <class State, class Slope>
[[nodiscard]] OdeTrial<State> dormand_prince_step(Slope& slope_of, double t, const State& y, const State& k1, double h,
                                                  const OdeTolerance& tolerance) {
    const auto at = [&](auto... terms) {
        State point = y;
        for (std::size_t i = 0; i < y.size(); ++i) point[i] += h * ((terms.first * (*terms.second)[i]) + ...);
        return point;
    };
    const auto term = [](double factor, const State& k) { return std::pair<double, const State*>{factor, &k}; };
    const State k2 = slope_of(t + h / 5, at(term(1.0 / 5, k1)));
    const State k3 = slope_of(t + 3 * h / 10, at(term(3.0 / 40, k1), term(9.0 / 40, k2)));
    const State k4 = slope_of(t + 4 * h / 5, at(term(44.0 / 45, k1), term(-56.0 / 15, k2), term(32.0 / 9, k3)));
    const State k5 = slope_of(t + 8 * h / 9, at(term(19372.0 / 6561, k1), term(-25360.0 / 2187, k2), term(64448.0 / 6561, k3),
                                                term(-212.0 / 729, k4)));
    const State k6 = slope_of(t + h, at(term(9017.0 / 3168, k1), term(-355.0 / 33, k2), term(46732.0 / 5247, k3),
                                        term(49.0 / 176, k4), term(-5103.0 / 18656, k5)));
    State end =
        at(term(35.0 / 384, k1), term(500.0 / 1113, k3), term(125.0 / 192, k4), term(-2187.0 / 6784, k5), term(11.0 / 84, k6));
    State slope = slope_of(t + h, end);
    OdeTrial<State> trial{std::move(end), std::move(slope), 0.0};
    bool finite = true;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double gap = h * (71.0 / 57600 * k1[i] - 71.0 / 16695 * k3[i] + 71.0 / 1920 * k4[i] - 17253.0 / 339200 * k5[i] +
                                22.0 / 525 * k6[i] - 1.0 / 40 * trial.slope[i]);
        const double scale = tolerance.absolute + tolerance.relative * std::max(std::abs(y[i]), std::abs(trial.y[i]));
        trial.error = std::max(trial.error, std::abs(gap) / scale);
        finite = finite && std::isfinite(gap) && std::isfinite(trial.y[i]);
    }
    if (!finite) trial.error = 1e10;  // the step left the range of the equations: take a far smaller one
    return trial;
}

/// y(to) for y' = slope_of(t, y), y(from) = y. `accept(t, y)` sees every accepted step, may change y (to clip or
/// normalise it), and ends the integration by returning false. SimulationError after tolerance.most_steps trials.
template <class State, class Slope, class Accept>
[[nodiscard]] State integrate_ode(Slope slope_of, State y, double from, double to, const OdeTolerance& tolerance,
                                  Accept accept) {
    double t = from;
    double h = to - from;
    State k1 = slope_of(t, y);
    for (int trials = 0; t != to; ++trials) {
        if (trials == tolerance.most_steps)
            throw SimulationError{
                "a differential equation needs more steps than can be waited for; make the time shorter, the drive "
                "smaller, or check the parameters"};
        if (std::abs(h) >= std::abs(to - t)) h = to - t;
        OdeTrial<State> trial = dormand_prince_step(slope_of, t, y, k1, h, tolerance);
        const double next = h * std::clamp(0.9 * std::pow(trial.error, -0.2), 0.2, 5.0);
        const bool tiny = t + h == t;
        if (trial.error <= 1.0 || tiny) {
            t = h == to - t ? to : t + h;
            y = trial.y;
            if (!accept(t, y)) return y;
            k1 = y == trial.y ? std::move(trial.slope) : slope_of(t, y);
        }
        h = tiny ? to - t : next;
    }
    return y;
}

template <class State, class Slope>
[[nodiscard]] State integrate_ode(Slope slope_of, State y, double from, double to, const OdeTolerance& tolerance) {
    return integrate_ode(slope_of, std::move(y), from, to, tolerance, [](double, const State&) { return true; });
}

}  // namespace spikefab
